// Whether a file system shares blocks between files: tried with two small files.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "files/target/file_ops.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

constexpr int kMakeFlags = O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC;
constexpr size_t kProbeBytes = 64 << 10;

/** An unlinked file. */
UniqueFd MakeProbe(int folder, const char* name) {
  UniqueFd probe(::openat(folder, name, kMakeFlags, 0600));
  if (probe.valid()) ::unlinkat(folder, name, 0);
  return probe;
}

}  // namespace

bool SharesBlocks(const Folder& folder) {
  const UniqueFd from = MakeProbe(folder.fd(), "probe-from");
  const UniqueFd to = MakeProbe(folder.fd(), "probe-to");
  if (!from.valid() || !to.valid()) return false;
  // Too large to be stored inline with the inode.
  const std::array<char, kProbeBytes> content{};
  const ssize_t written = ::write(from.get(), content.data(), content.size());
  if (written != static_cast<ssize_t>(content.size())) return false;
  return ::ioctl(to.get(), FICLONE, from.get()) == 0;
}

}  // namespace penstock
