// Calls on open folders that several of this system's files share. None follows a link.
#pragma once

#include <cerrno>
#include <string>

#include "base/unique_fd.h"

namespace penstock {

/// Throws SystemError.
[[noreturn]] void Fail(const char* syscall_name, const std::string& path, int error = errno);

/// A name as the system takes it. Throws SystemError with EINVAL where it is not one component of a path.
std::wstring PlainName(const std::string& name, const std::string& path);

/// Opens the folder at `path` below `folder`. Throws SystemError: ENOTDIR where a link is on the way.
UniqueFd OpenFolderBeneath(Descriptor folder, const std::string& path);

}  // namespace penstock
