// System calls that older kernels lack: -1 with errno, ENOSYS if the kernel does not have the call.
#pragma once

#include <cstdint>

namespace penstock {

/** openat2(2), Linux 5.6, for a path below `folder` that no link leads out of. Returns a descriptor. */
int OpenAt2Beneath(int folder, const char* path, int flags);
/** renameat2(2), Linux 3.15, with RENAME_NOREPLACE. */
int RenameAt2NoReplace(int from, const char* fromName, int to, const char* toName);
/** cachestat(2), Linux 6.5: how many pages of a range are in the cache. */
int CachestatPages(int fd, uint64_t offset, uint64_t length, uint64_t* cached);

}  // namespace penstock
