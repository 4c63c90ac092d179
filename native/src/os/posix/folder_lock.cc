// Who owns a folder: the process that holds its lock, which the kernel lets go when the process ends in whatever way.
#include <sys/file.h>

#include "files/file_ops.h"

namespace penstock {

bool TryLock(Folder& folder) { return ::flock(folder.fd(), LOCK_EX | LOCK_NB) == 0; }

}  // namespace penstock
