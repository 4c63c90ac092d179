// Calls on open folders that several of this system's files share. None follows a link.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace penstock {

/// How a folder is opened for its entries.
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Throws SystemError.
[[noreturn]] void Fail(const char* syscall_name, const std::string& path, int error = errno);

/// Whether `name` is one component of a path and neither "." nor "..".
bool IsPlainName(const std::string& name);

/// Opens the folder at `path` below `folder`. Throws SystemError: ENOTDIR where a link is on the way.
UniqueFd OpenFolderBeneath(int folder, const std::string& path);

/// What has this name in an open folder; nothing where the name is free. Throws SystemError.
std::optional<struct stat> StatAt(int folder, const std::string& name);

/// Names in an open folder, in the file system's order. Throws SystemError; `path` is for its text.
std::vector<std::string> NamesIn(int folder, const std::string& path);

}  // namespace penstock
