#include "os/linux/techniques/direct_support.h"

#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>

namespace penstock {

bool BuffersDirect(Counters& counters, int fd, bool write) {
  counters.Count(Sys::kFstatfs);
  struct statfs facts {};
  if (::fstatfs(fd, &facts) != 0) return false;
  switch (facts.f_type) {
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
      return true;
    case BTRFS_SUPER_MAGIC: {
      if (!write) return false;
      // Linux 6.14 and stable kernels of that time do so for every file with checksums, which only this flag turns off.
      counters.Count(Sys::kIoctl);
      int flags = 0;
      return ::ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0 || (flags & FS_NOCOW_FL) == 0;
    }
    default:
      return false;
  }
}

}  // namespace penstock
