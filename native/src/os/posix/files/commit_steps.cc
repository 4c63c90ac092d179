#include "files/commit_steps.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "base/unique_fd.h"
#include "files/parent_folder.h"
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

/// Moves a finished file or link to its name by the entry's rule; false if what is there was kept.
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

class PosixCommit final : public CommitSteps {
 public:
  PosixCommit(const Folder& target, const Folder& staging)
      : target_(target.fd()), staging_(staging.fd()), parent_(target_) {}

  bool MakeDirectory(const CommitEntry& entry) override {
    const auto [parent, name] = Parent(entry.path);
    if (mkdirat(parent, name.c_str(), 0700) == 0) return true;
    if (errno != EEXIST) Fail("mkdirat", entry.path);
    const std::optional<struct stat> existing = StatAt(parent, name);
    if (!existing || !S_ISDIR(existing->st_mode)) Fail("mkdirat", entry.path, ENOTDIR);
    return false;
  }

  bool PlaceFile(const CommitEntry& entry) override {
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

  bool PlaceSymlink(const CommitEntry& entry) override {
    const auto [parent, name] = Parent(entry.path);
    // Created in staging first, so that it appears under its name by one rename, whole and with its time.
    static constexpr char kName[] = "link";
    if (unlinkat(staging_, kName, 0) != 0 && errno != ENOENT) Fail("unlinkat", kName);
    if (symlinkat(entry.target.c_str(), staging_, kName) != 0) Fail("symlinkat", entry.path);
    timespec times[2] = {{0, UTIME_OMIT}, TimeOf(entry)};
    if (utimensat(staging_, kName, times, AT_SYMLINK_NOFOLLOW) != 0) Fail("utimensat", entry.path);
    return MoveByRule(staging_, kName, parent, name, entry);
  }

  bool SetDirectoryTimes(const CommitEntry& entry) override {
    const UniqueFd directory = OpenFolderBeneath(target_, entry.path);
    if (fchmod(directory.get(), entry.mode & kPermissions) != 0) Fail("fchmod", entry.path);
    timespec times[2] = {{0, UTIME_OMIT}, TimeOf(entry)};
    if (futimens(directory.get(), times) != 0) Fail("futimens", entry.path);
    return true;
  }

 private:
  /// The open folder that holds `path`, and its name in there.
  std::pair<int, std::string> Parent(const std::string& path) {
    auto found = parent_.Of(path);
    if (!IsPlainName(found.second)) Fail("openat", path, EINVAL);
    return found;
  }

  int target_;
  int staging_;
  ParentFolder parent_;
};

}  // namespace

std::unique_ptr<CommitSteps> MakeCommitSteps(const Folder& target, const Folder& staging) {
  return std::make_unique<PosixCommit>(target, staging);
}

void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to, const std::string& to_name) {
  if (!IsPlainName(from_name)) Fail("renameat2", from_name, EINVAL);
  if (!IsPlainName(to_name)) Fail("renameat2", to_name, EINVAL);
  RenameNoReplaceAt(from.fd(), from_name, to.fd(), to_name);
}

}  // namespace penstock
