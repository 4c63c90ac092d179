// The owner of a folder is the process that holds its lock. The kernel releases the lock when the process ends.
#include <sys/file.h>

#include <cerrno>

#include "files/target/file_ops.h"
#include "os/posix/files/folders/folder_calls.h"

namespace penstock {

bool TryLock(Folder& folder) {
  if (::flock(folder.fd(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK) Fail("flock", folder.path());
  return false;
}

}  // namespace penstock
