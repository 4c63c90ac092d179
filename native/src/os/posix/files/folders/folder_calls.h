// Calls on open folders that several of this system's files share. None follows a link.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock {

/// How a folder is opened for its entries.
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
/// A folder that is being listed.
using Listing = std::unique_ptr<DIR, CloseDirectory>;

/// Throws SystemError.
[[noreturn]] void Fail(const char* syscall_name, const std::string& path, int error = errno);

/// Whether `name` is one component of a path and neither "." nor "..".
bool IsPlainName(const std::string& name);

/// What has this name in an open folder; nothing if the name is free. Throws SystemError.
std::optional<struct stat> StatAt(int folder, const std::string& name);

/// Adds the names in a folder, in the file system's order. 0, or errno.
int AddNames(const Listing& listing, std::vector<std::string>* names);

/// Names in an open folder, in the file system's order. Throws SystemError; `path` is for its text.
std::vector<std::string> NamesIn(int folder, const std::string& path);

}  // namespace penstock
