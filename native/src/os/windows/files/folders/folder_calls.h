// Calls on open folders that several of this system's files share. None follows a link.
#pragma once

#include <cerrno>
#include <string>

#include "platform.h"

namespace penstock {

/// Access to a folder in which files are made.
constexpr ACCESS_MASK kFolderAccess = FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_ADD_FILE;

/// Throws SystemError.
[[noreturn]] void Fail(const char* syscall_name, const std::string& path, int error = errno);

/// A name as the system takes it. Throws SystemError with EINVAL if it is not one component of a path.
std::wstring PlainName(const std::string& name, const std::string& path);

/// Facts of an open file. Throws SystemError.
BY_HANDLE_FILE_INFORMATION FactsOf(Descriptor file, const std::string& path);

}  // namespace penstock
