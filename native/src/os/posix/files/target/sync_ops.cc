#include "files/target/sync_ops.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "errors/failure.h"
#include "files/folders/parent_folder.h"
#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
constexpr int kMaxDepth = 512;
constexpr mode_t kPermissions = 07777;
constexpr mode_t kReadable = 0500;

/// Opens an entry of a folder that only this user can enter. Adds read permission for the moment if the mode denies
/// it.
UniqueFd OpenToSync(int parent, const std::string& name, int flags, mode_t mode) {
  UniqueFd opened(openat(parent, name.c_str(), flags));
  if (opened.valid() || errno != EACCES) return opened;
  if (fchmodat(parent, name.c_str(), (mode | kReadable) & kPermissions, 0) != 0) return {};
  opened.reset(openat(parent, name.c_str(), flags));
  const int error = errno;
  if (fchmodat(parent, name.c_str(), mode & kPermissions, 0) != 0) return {};
  errno = error;
  return opened;
}

/// Syncs what is below a folder one by one, files before the folder that holds them.
class TreeSync {
 public:
  std::vector<SyncFailure> Run(const Folder& folder) {
    SyncBelow(folder.fd(), "", 0);
    return std::move(failures_);
  }

 private:
  void SyncBelow(int folder, const std::string& path, int depth) {
    if (depth > kMaxDepth) Fail("fsync", path, ENAMETOOLONG);
    for (const std::string& name : NamesIn(folder, path)) {
      SyncEntry(folder, name, path.empty() ? name : path + "/" + name, depth);
    }
    Check(SyncOne(folder), path, true);
  }

  void SyncEntry(int folder, const std::string& name, const std::string& path, int depth) {
    const std::optional<struct stat> facts = StatAt(folder, name);
    // Links are part of their folder's entries.
    if (!facts || S_ISLNK(facts->st_mode)) return;
    const bool is_folder = S_ISDIR(facts->st_mode);
    const UniqueFd opened = OpenToSync(folder, name, is_folder ? kFolderFlags : kFileFlags, facts->st_mode);
    if (!opened.valid()) {
      failures_.push_back({{Code::kNone, errno, "openat", 0, path}, is_folder});
    } else if (is_folder) {
      SyncBelow(opened.get(), path, depth + 1);
    } else {
      Check(SyncOne(opened.get()), path, false);
    }
  }

  void Check(const Failure& call, const std::string& path, bool is_folder) {
    if (call) failures_.push_back({{call.code, call.error, call.syscall, 0, path}, is_folder});
  }

  std::vector<SyncFailure> failures_;
};

}  // namespace

// Which descriptors report a failed write-back: the kernel keeps one error for each file and one for each file system,
// and a descriptor reports an error that occurred after it was opened, or before and unreported. The folder's
// descriptor is older than the first write below it, so syncfs on it misses none. Files are opened here for the first
// time since they were written: an error that a close or sync of the engine has returned was counted there.
std::vector<SyncFailure> SyncTree(const Folder& folder) {
  // Also if it is not enough: it writes back everything at once.
  const Failure all = SyncAll(folder.fd());
  const bool reaches = SyncAllReaches(folder.fd());
  if (reaches && !all) return {};
  // The error of a file system may come from files of other programs. Those of the files distinguish them.
  std::vector<SyncFailure> failures = TreeSync().Run(folder);
  if (reaches && failures.empty()) Fail(all.syscall, folder.path(), all.error);
  return failures;
}

void SyncFolder(const Folder& folder) {
  const Failure synced = SyncOne(folder.fd());
  if (synced) Fail(synced.syscall, folder.path(), synced.error);
}

void SyncFolderBelow(const Folder& folder, const std::string& path) {
  const UniqueFd below = OpenFolderBeneath(folder.fd(), path);
  const Failure synced = SyncOne(below.get());
  if (synced) Fail(synced.syscall, path, synced.error);
}

}  // namespace penstock
