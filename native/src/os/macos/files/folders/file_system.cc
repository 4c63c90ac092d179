// renameatx_np, F_FULLFSYNC, fsync_volume_np, statfs: the calls of macOS for received files.
#include "os/posix/files/folders/file_system.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/stdio.h>
#include <unistd.h>

#include <cerrno>

#include "files/target/file_ops.h"
#include "os/posix/files/folders/mounted_facts.h"

// Of <sys/xattr.h>, which the headers of the cross compiler leave out.
extern "C" ssize_t flistxattr(int file, char* names, size_t size, int options);

namespace penstock {

const int kPassFlags = O_RDONLY;

// O_RESOLVE_BENEATH came with a system newer than the oldest that is supported: the walk of O_NOFOLLOW opens serves all.
bool HasOpenBeneath() { return false; }

UniqueFd OpenBeneath(int /*folder*/, const char* /*path*/, int /*flags*/) {
  errno = ENOSYS;
  return {};
}

// renameatx_np(2): ENOTSUP if the file system cannot rename exclusively.
Failure RenameExclusive(int from, const std::string& fromName, int to, const std::string& toName) {
  if (::renameatx_np(from, fromName.c_str(), to, toName.c_str(), RENAME_EXCL) == 0) return {};
  return {Code::kNone, errno == ENOTSUP ? EINVAL : errno, "renameatx_np"};
}

ssize_t CopyWithinKernel(int /*from*/, int /*to*/, off_t /*at*/, size_t /*size*/) {
  errno = ENOSYS;
  return -1;
}

Failure OpenForRemoval(int parent, const std::string& name, UniqueFd* opened) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  opened->reset(::openat(parent, name.c_str(), kFlags));
  if (!opened->valid() && errno == EACCES) {
    if (::fchmodat(parent, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW) != 0) return {Code::kNone, errno, "fchmodat"};
    opened->reset(::openat(parent, name.c_str(), kFlags));
  }
  if (!opened->valid()) return {Code::kNone, errno, "openat"};
  return ::fchmod(opened->get(), 0700) == 0 ? Failure{} : Failure{Code::kNone, errno, "fchmod"};
}

namespace {

// Errors of file systems whose drive has no flush of its own cache.
bool HasNoFullSync(int error) { return error == ENOTSUP || error == ENOTTY || error == EINVAL; }

}  // namespace

Failure SyncAll(int folder) {
  if (::fsync_volume_np(folder, SYNC_VOLUME_FULLSYNC | SYNC_VOLUME_WAIT) == 0) return {};
  if (HasNoFullSync(errno) && ::fsync_volume_np(folder, SYNC_VOLUME_WAIT) == 0) return {};
  return {Code::kNone, errno, "fsync_volume_np"};
}

bool SyncAllReaches(int folder) {
  struct statfs facts {};
  if (::fstatfs(folder, &facts) != 0 || (facts.f_flags & MNT_LOCAL) == 0) return false;
  const std::string type = facts.f_fstypename;
  return type == "apfs" || type == "hfs";
}

// fsync(2): the drive may keep the data in its own cache; F_FULLFSYNC of fcntl(2) flushes it.
Failure SyncOne(int opened) {
  if (::fcntl(opened, F_FULLFSYNC) == 0) return {};
  if (!HasNoFullSync(errno)) return {Code::kNone, errno, "fcntl"};
  return ::fsync(opened) == 0 ? Failure{} : Failure{Code::kNone, errno, "fsync"};
}

bool IsKernelFileSystem(int /*folder*/) { return false; }

std::string AttributeNames(int folder, const char* name) {
  const UniqueFd entry(::openat(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  constexpr size_t kBytes = 4096;
  std::string names(kBytes, '\0');
  const ssize_t bytes = entry.valid() ? ::flistxattr(entry.get(), names.data(), names.size(), 0) : 0;
  names.resize(bytes > 0 ? static_cast<size_t>(bytes) : 0);
  return names;
}

timespec ModifiedAt(const struct stat& facts) { return facts.st_mtimespec; }

FileSystemFacts FileSystemOf(const std::string& path) {
  const auto facts = MountedFacts<struct statfs>(path, ::statfs, ::fstatfs);
  FileSystemFacts result;
  result.type = facts.f_fstypename;
  // Some FUSE servers leave all of it at 0.
  if (facts.f_blocks == 0 && facts.f_bavail == 0) return result;
  result.free_bytes = static_cast<uint64_t>(facts.f_bavail) * static_cast<uint64_t>(facts.f_bsize);
  return result;
}

}  // namespace penstock
