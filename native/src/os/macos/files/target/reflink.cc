// Whether a file system shares blocks between files: tried with two small files.
#include <fcntl.h>
#include <sys/clonefile.h>
#include <unistd.h>

#include "files/target/file_ops.h"
#include "system/unique_fd.h"

namespace penstock {

bool SharesBlocks(const Folder& folder) {
  constexpr int kMakeFlags = O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC;
  const UniqueFd from(::openat(folder.fd(), "probe-from", kMakeFlags, 0600));
  if (!from.valid()) return false;
  const bool shares = ::fclonefileat(from.get(), folder.fd(), "probe-to", 0) == 0;
  ::unlinkat(folder.fd(), "probe-from", 0);
  ::unlinkat(folder.fd(), "probe-to", 0);
  return shares;
}

}  // namespace penstock
