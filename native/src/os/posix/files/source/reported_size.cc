#include "os/posix/files/source/reported_size.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "os/posix/files/folders/file_system.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

/// The size of every attribute in sysfs, regardless of its content.
constexpr off_t kAttributeBytes = 4096;

}  // namespace

SizeCheck CheckSize(int folder, const std::string& name, const struct stat& facts) {
  if (facts.st_size != 0 && facts.st_size != kAttributeBytes) return {};
  // These are not opened: a read of some blocks, or consumes what another program waits for.
  if (IsKernelFileSystem(folder)) return {false, 0};
  if (facts.st_size != 0) return {};
  const UniqueFd file(openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) return {true, errno};
  char byte = 0;
  const ssize_t got = read(file.get(), &byte, 1);
  if (got == 0) return {};
  if (got > 0 || errno == EAGAIN) return {false, 0};
  return {true, errno};
}

}  // namespace penstock
