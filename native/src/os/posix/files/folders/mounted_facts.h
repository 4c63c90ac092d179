// Facts about the file system of a path of any length.
#pragma once

#include <cerrno>
#include <string>

#include "errors/failure.h"
#include "os/posix/files/folders/long_path.h"
#include "system/unique_fd.h"

namespace penstock {

/** By statfs(2) and fstatfs(2), which each system declares for its own structure. Throws SystemError. */
template <typename Facts>
Facts MountedFacts(const std::string& path, int (*byPath)(const char*, Facts*), int (*byDescriptor)(int, Facts*)) {
  Facts facts{};
  if (byPath(path.c_str(), &facts) == 0) return facts;
  const int error = errno;
  const UniqueFd folder = error == ENAMETOOLONG ? OpenNearestFolder(path) : UniqueFd();
  if (!folder.valid() || byDescriptor(folder.get(), &facts) != 0) throw SystemError(error, "statfs", path);
  return facts;
}

}  // namespace penstock
