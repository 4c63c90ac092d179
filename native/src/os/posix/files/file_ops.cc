#include "files/file_ops.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/calls.h"
#include "base/failure.h"
#include "base/unique_fd.h"
#include "os/posix/base/posix_calls.h"
#include "os/posix/files/file_system.h"
#include "os/posix/files/folder_calls.h"

namespace penstock {

namespace {

constexpr mode_t kPermissions = 0777;

timespec TimeOf(const CommitEntry& entry) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(entry.mtime_seconds);
  time.tv_nsec = entry.mtime_nanoseconds;
  return time;
}

bool IsLater(const timespec& left, const timespec& right) {
  return left.tv_sec != right.tv_sec ? left.tv_sec > right.tv_sec : left.tv_nsec > right.tv_nsec;
}

/// For file systems without links and without RENAME_NOREPLACE: an empty placeholder takes the name, and is
/// replaced.
void RenameOverPlaceholder(int from, const std::string& from_name, bool is_directory, int to,
                           const std::string& to_name) {
  if (is_directory) {
    if (mkdirat(to, to_name.c_str(), 0700) != 0) Fail("mkdirat", to_name);
  } else {
    const UniqueFd placeholder(openat(to, to_name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!placeholder.valid()) Fail("openat", to_name);
  }
  if (renameat(from, from_name.c_str(), to, to_name.c_str()) == 0) return;
  const int error = errno;
  unlinkat(to, to_name.c_str(), is_directory ? AT_REMOVEDIR : 0);
  Fail("renameat", to_name, error);
}

void RenameNoReplaceAt(int from, const std::string& from_name, int to, const std::string& to_name) {
  const Failure renamed = RenameExclusive(from, from_name, to, to_name);
  if (!renamed) return;
  if (renamed.error != ENOSYS && renamed.error != EINVAL) Fail(renamed.syscall, to_name, renamed.error);
  const std::optional<struct stat> source = StatAt(from, from_name);
  if (!source) Fail("renameat", from_name, ENOENT);
  const bool is_directory = S_ISDIR(source->st_mode);
  if (!is_directory) {
    if (linkat(from, from_name.c_str(), to, to_name.c_str(), 0) == 0) {
      if (unlinkat(from, from_name.c_str(), 0) != 0) Fail("unlinkat", from_name);
      return;
    }
    const bool no_links = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK;
    if (!no_links) Fail("linkat", to_name);
  }
  RenameOverPlaceholder(from, from_name, is_directory, to, to_name);
}

/// Moves a finished file or link to its name by the entry's rule; false where what is there was kept.
bool MoveByRule(int staging, const std::string& staging_name, int parent, const std::string& name,
                const CommitEntry& entry) {
  if (entry.replace == ReplaceRule::kNever) {
    RenameNoReplaceAt(staging, staging_name, parent, name);
    return true;
  }
  const std::optional<struct stat> existing = StatAt(parent, name);
  if (!existing) {
    RenameNoReplaceAt(staging, staging_name, parent, name);
    return true;
  }
  if (S_ISDIR(existing->st_mode)) Fail("renameat", entry.path, EISDIR);
  // Devices, sockets and pipes are not what a user means by "replace the file".
  if (!S_ISREG(existing->st_mode) && !S_ISLNK(existing->st_mode)) Fail("renameat", entry.path, EEXIST);
  if (entry.replace == ReplaceRule::kIfNewer && !IsLater(TimeOf(entry), ModifiedAt(*existing))) return false;
  if (renameat(staging, staging_name.c_str(), parent, name.c_str()) != 0) Fail("renameat", entry.path);
  return true;
}

/// Runs the entries of one commit; keeps the folder of the entry before open, since neighbours share it.
class Committer {
 public:
  Committer(const Folder& target, const Folder& staging) : target_(target.fd()), staging_(staging.fd()) {}

  /// False where what is there was kept.
  bool Run(const CommitEntry& entry) {
    switch (entry.kind) {
      case CommitKind::kDirectory:
        return MakeDirectory(entry);
      case CommitKind::kFile:
        return PlaceFile(entry);
      case CommitKind::kSymlink:
        return PlaceSymlink(entry);
      case CommitKind::kDirectoryTimes:
        SetDirectoryTimes(entry);
        return true;
    }
    return true;
  }

 private:
  /// Opens the folder that holds `path`, and sets `name` to the last component.
  std::pair<int, std::string> Parent(const std::string& path) {
    const size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (!IsPlainName(name)) Fail("openat", path, EINVAL);
    if (slash == std::string::npos) return {target_, name};
    const std::string parent = path.substr(0, slash);
    if (!parent_.valid() || parent != parent_path_) {
      parent_ = OpenFolderBeneath(target_, parent);
      parent_path_ = parent;
    }
    return {parent_.get(), name};
  }

  bool MakeDirectory(const CommitEntry& entry) {
    const auto [parent, name] = Parent(entry.path);
    if (mkdirat(parent, name.c_str(), 0700) == 0) return true;
    if (errno != EEXIST) Fail("mkdirat", entry.path);
    const std::optional<struct stat> existing = StatAt(parent, name);
    if (!existing || !S_ISDIR(existing->st_mode)) Fail("mkdirat", entry.path, ENOTDIR);
    return false;
  }

  bool PlaceFile(const CommitEntry& entry) {
    if (!IsPlainName(entry.staging_name)) Fail("openat", entry.staging_name, EINVAL);
    const auto [parent, name] = Parent(entry.path);
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (entry.size == 0 ? O_CREAT : 0);
    const UniqueFd file(openat(staging_, entry.staging_name.c_str(), flags, 0600));
    if (!file.valid()) Fail("openat", entry.staging_name);
    struct stat facts {};
    if (fstat(file.get(), &facts) != 0) Fail("fstat", entry.staging_name);
    if (!S_ISREG(facts.st_mode)) Fail("openat", entry.staging_name, EINVAL);
    if (facts.st_size != entry.size) Fail("fstat", entry.path, EBADMSG);
    if (fchmod(file.get(), entry.mode & kPermissions) != 0) Fail("fchmod", entry.path);
    timespec times[2] = {{0, UTIME_OMIT}, TimeOf(entry)};
    if (futimens(file.get(), times) != 0) Fail("futimens", entry.path);
    return MoveByRule(staging_, entry.staging_name, parent, name, entry);
  }

  bool PlaceSymlink(const CommitEntry& entry) {
    const auto [parent, name] = Parent(entry.path);
    // Created in staging first, so that it appears under its name by one rename, whole and with its time.
    static constexpr char kName[] = "link";
    if (unlinkat(staging_, kName, 0) != 0 && errno != ENOENT) Fail("unlinkat", kName);
    if (symlinkat(entry.target.c_str(), staging_, kName) != 0) Fail("symlinkat", entry.path);
    timespec times[2] = {{0, UTIME_OMIT}, TimeOf(entry)};
    if (utimensat(staging_, kName, times, AT_SYMLINK_NOFOLLOW) != 0) Fail("utimensat", entry.path);
    return MoveByRule(staging_, kName, parent, name, entry);
  }

  void SetDirectoryTimes(const CommitEntry& entry) {
    const UniqueFd directory = OpenFolderBeneath(target_, entry.path);
    if (fchmod(directory.get(), entry.mode & kPermissions) != 0) Fail("fchmod", entry.path);
    timespec times[2] = {{0, UTIME_OMIT}, TimeOf(entry)};
    if (futimens(directory.get(), times) != 0) Fail("futimens", entry.path);
  }

  int target_;
  int staging_;
  UniqueFd parent_;
  std::string parent_path_;
};

}  // namespace

Folder::Folder(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

Folder::~Folder() {
  if (fd_ >= 0) close(fd_);
}

std::shared_ptr<Folder> OpenFolder(const std::string& path) {
  if (path.find('\0') != std::string::npos) Fail("open", path, EINVAL);
  UniqueFd folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) Fail("open", path);
  return std::make_shared<Folder>(folder.release(), path);
}

std::shared_ptr<Folder> MakeFolder(const Folder& parent, const std::string& name) {
  const std::string path = parent.path() + "/" + name;
  if (!IsPlainName(name)) Fail("mkdirat", path, EINVAL);
  if (mkdirat(parent.fd(), name.c_str(), 0700) != 0) Fail("mkdirat", path);
  UniqueFd folder(openat(parent.fd(), name.c_str(), kFolderFlags));
  if (!folder.valid()) Fail("openat", path);
  // Between the two calls another folder may have taken the name. One with something in it is not ours to use.
  if (!NamesIn(folder.get(), path).empty()) Fail("openat", path, EEXIST);
  return std::make_shared<Folder>(folder.release(), path);
}

UniqueFd CreateFileIn(const Folder& folder, const std::string& name) {
  if (!IsPlainName(name)) Fail("openat", name, EINVAL);
  UniqueFd file(openat(folder.fd(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) Fail("openat", name);
  return file;
}

void RemoveFile(const Folder& folder, const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (!IsPlainName(name)) Fail("unlinkat", path, EINVAL);
  UniqueFd parent;
  if (slash != std::string::npos) parent = OpenFolderBeneath(folder.fd(), path.substr(0, slash));
  if (unlinkat(parent.valid() ? parent.get() : folder.fd(), name.c_str(), 0) != 0 && errno != ENOENT) {
    Fail("unlinkat", path);
  }
}

UniqueFd OpenFolderBelow(Calls& calls, Descriptor folder, const std::string& path) {
  if (HasOpenBeneath()) return UniqueFd(PosixCalls(calls).OpenBelow(folder, path, kFolderFlags));
  UniqueFd current;
  size_t start = 0;
  while (true) {
    const size_t slash = path.find('/', start);
    const std::string name = path.substr(start, slash == std::string::npos ? slash : slash - start);
    if (!IsPlainName(name)) {
      errno = EINVAL;
      return UniqueFd();
    }
    current = UniqueFd(PosixCalls(calls).Open(current.valid() ? current.get() : folder, name.c_str(), kFolderFlags));
    if (!current.valid() || slash == std::string::npos) return current;
    start = slash + 1;
  }
}

std::vector<CommitOutcome> Commit(const Folder& target, const Folder& staging,
                                  const std::vector<CommitEntry>& entries) {
  std::vector<CommitOutcome> outcomes;
  outcomes.reserve(entries.size());
  Committer committer(target, staging);
  for (const CommitEntry& entry : entries) {
    CommitOutcome outcome;
    try {
      if (!committer.Run(entry)) outcome.kind = CommitOutcome::Kind::kKeptExisting;
    } catch (const SystemError& error) {
      outcome = {CommitOutcome::Kind::kFailed, error.failure()};
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to, const std::string& to_name) {
  if (!IsPlainName(from_name)) Fail("renameat2", from_name, EINVAL);
  if (!IsPlainName(to_name)) Fail("renameat2", to_name, EINVAL);
  RenameNoReplaceAt(from.fd(), from_name, to.fd(), to_name);
}

}  // namespace penstock
