// Calls of file_ops.cc that Linux and macOS name or do differently.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <ctime>
#include <string>

#include "errors/failure.h"
#include "system/unique_fd.h"

namespace penstock {

/** How a folder is opened only to open what is in it: its entries need not be readable, where the system can do so. */
extern const int kPassFlags;

/** False once OpenBeneath has failed because this system does not have it. */
bool HasOpenBeneath();
/** Opens `path` below `folder` in one call that no link can lead out of. Invalid with errno. */
UniqueFd OpenBeneath(int folder, const char* path, int flags);

/** Renames in one call that never replaces. ENOSYS: not on this system; EINVAL: not on this file system. */
Failure RenameExclusive(int from, const std::string& fromName, int to, const std::string& toName);

/**
 * Copies bytes at the same offset of two files without user space; the number copied, or -1 with errno if the system cannot
 * between these.
 */
ssize_t CopyWithinKernel(int from, int to, off_t at, size_t size);

/** Opens a folder that is about to be removed, giving it the permission bits that this needs. Follows no link. */
Failure OpenForRemoval(int parent, const std::string& name, UniqueFd* opened);

/** Writes everything on the folder's file system back, as far as this file system does it. */
Failure SyncAll(int folder);
/** Whether SyncAll on this file system is known to reach the medium, and to report what could not be written. */
bool SyncAllReaches(int folder);
/** The content of a file or the entries of a folder, down to the medium. */
Failure SyncOne(int opened);

/** Whether this folder is on a file system of the kernel's own, such as /proc, which makes content as it is read. */
bool IsKernelFileSystem(int folder);

/** Names of the extended attributes of an entry, each with a zero byte after it; none where they cannot be listed. Follows no link. */
std::string AttributeNames(int folder, const char* name);

/** When the content was last changed, in nanoseconds' resolution. */
timespec ModifiedAt(const struct stat& facts);

}  // namespace penstock
