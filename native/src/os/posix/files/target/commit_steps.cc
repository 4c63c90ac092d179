#include "files/target/commit_steps.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <optional>
#include <utility>

#include "files/folders/parent_folder.h"
#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "os/posix/files/target/move_by_rule.h"
#include "os/posix/files/target/other_file_system.h"
#include "os/posix/files/target/rights.h"
#include "os/posix/files/target/stored_time.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

constexpr mode_t kPermissions = 0777;

timespec TimeOf(const FileTime& from) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(from.seconds);
  time.tv_nsec = from.nanoseconds;
  return time;
}

/// A link by its name.
class TimedLink final : public TimedEntry {
 public:
  TimedLink(int folder, const char* name) : folder_(folder), name_(name) {}

  int Set(const FileTime& time) override {
    // Both, as Calls::SetTime.
    const timespec times[2] = {TimeOf(time), TimeOf(time)};
    return utimensat(folder_, name_, times, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
  }
  int Get(FileTime* time) override {
    struct stat facts {};
    if (fstatat(folder_, name_, &facts, AT_SYMLINK_NOFOLLOW) != 0) return errno;
    const timespec held = ModifiedAt(facts);
    *time = {held.tv_sec, static_cast<int32_t>(held.tv_nsec)};
    return 0;
  }

 private:
  const int folder_;
  const char* const name_;
};

class PosixCommit final : public CommitSteps {
 public:
  PosixCommit(const Folder& target, const Folder& staging)
      : target_(target.fd()),
        staging_(staging.fd()),
        own_prefix_(staging.path().substr(staging.path().rfind('/') + 1)),
        staging_rights_(RightsIn(staging_)),
        parent_(target_) {}

  bool MakeDirectory(const CommitEntry& entry) override {
    const auto [parent, name] = Parent(entry.path);
    if (mkdirat(parent, name.c_str(), 0700) == 0) return true;
    if (errno != EEXIST) Fail("mkdirat", entry.path);
    const std::optional<struct stat> existing = StatAt(parent, name);
    if (!existing || !S_ISDIR(existing->st_mode)) Fail("mkdirat", entry.path, ENOTDIR);
    return false;
  }

  bool PlaceFile(const CommitEntry& entry, Kept* kept) override {
    if (!IsPlainName(entry.staging_name)) Fail("openat", entry.staging_name, EINVAL);
    const auto [parent, name] = Parent(entry.path);
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (entry.size == 0 ? O_CREAT : 0);
    const UniqueFd file(openat(staging_, entry.staging_name.c_str(), flags, 0600));
    if (!file.valid()) Fail("openat", entry.staging_name);
    struct stat facts {};
    if (fstat(file.get(), &facts) != 0) Fail("fstat", entry.staging_name);
    if (!S_ISREG(facts.st_mode)) Fail("openat", entry.staging_name, EINVAL);
    if (facts.st_size != entry.size) Fail("fstat", entry.path, EBADMSG);
    const int mode = GiveMode(file.get(), entry.mode & kPermissions, staging_rights_, *rights_);
    *kept = KeepModeAndTime(calls_, file.get(), std::nullopt, entry.modified, &held_);
    if (mode != 0) {
      kept->otherMode = true;
      kept->modeError = mode;
    }
    const timespec time = TimeOf(entry.modified);
    if (Move({staging_, entry.staging_name, StoredTime(file.get(), time)}, parent, name, entry)) return !kept_;
    const bool placed =
        CopyByRule(file.get(), entry.size, time, entry.mode & kPermissions, PlaceOf(parent, name, entry));
    unlinkat(staging_, entry.staging_name.c_str(), 0);
    return placed;
  }

  bool PlaceSymlink(const CommitEntry& entry, Kept* kept) override {
    const auto [parent, name] = Parent(entry.path);
    // Created in staging first, so that it appears under its name by one rename, whole and with its time.
    static constexpr char kName[] = "link";
    if (unlinkat(staging_, kName, 0) != 0 && errno != ENOENT) Fail("unlinkat", kName);
    if (symlinkat(entry.target.c_str(), staging_, kName) != 0) Fail("symlinkat", entry.path);
    TimedLink link(staging_, kName);
    KeepTime(link, entry.modified, &held_by_links_, kept);
    const timespec time = TimeOf(entry.modified);
    if (Move({staging_, kName, StoredLinkTime(staging_, kName, time)}, parent, name, entry)) return !kept_;
    return LinkByRule(entry.target, time, PlaceOf(parent, name, entry));
  }

  bool SetDirectoryTimes(const CommitEntry& entry, Kept* kept) override {
    const UniqueFd directory = OpenFolderBeneath(target_, entry.path);
    struct stat facts {};
    if (fstat(directory.get(), &facts) != 0) Fail("fstat", entry.path);
    // It has inherited its own default ACL and its setgid bit from the folder that it is in.
    const mode_t bits = entry.mode & kPermissions & RightsIn(directory.get()).permitted;
    const int mode = fchmod(directory.get(), bits | (facts.st_mode & S_ISGID)) == 0 ? 0 : errno;
    *kept = KeepModeAndTime(calls_, directory.get(), std::nullopt, entry.modified, &held_);
    kept->otherMode = fstat(directory.get(), &facts) != 0 || (facts.st_mode & kPermissions) != bits;
    if (kept->otherMode) kept->modeError = mode;
    return true;
  }

 private:
  /// The open folder that holds `path`, and its name in there.
  std::pair<int, std::string> Parent(const std::string& path) {
    auto found = parent_.Of(path);
    if (!IsPlainName(found.second)) Fail("openat", path, EINVAL);
    const std::string folder = path.substr(0, path.size() - found.second.size());
    if (!rights_ || folder != rights_path_) {
      rights_ = RightsIn(found.first);
      rights_path_ = folder;
    }
    return found;
  }

  /// False if `parent` is on another file system.
  bool Move(const Finished& finished, int parent, const std::string& name, const CommitEntry& entry) {
    kept_ = false;
    const Failure failure = MoveByRule(finished, parent, name, entry.replace, &kept_);
    if (failure && failure.error != EXDEV) Fail(failure.syscall, entry.path, failure.error);
    return !failure;
  }

  Place PlaceOf(int parent, const std::string& name, const CommitEntry& entry) const {
    const std::string staged = entry.staging_name.empty() ? "link" : entry.staging_name;
    return {parent, name, entry.replace, own_prefix_ + "-" + staged};
  }

  int target_;
  int staging_;
  /// The name of the staging folder, which no other entry begins with.
  std::string own_prefix_;
  Rights staging_rights_;
  ParentFolder parent_;
  /// Of the folder that holds the last entry.
  std::optional<Rights> rights_;
  std::string rights_path_;
  bool kept_ = false;
  Counters counters_;
  Calls calls_{counters_};
  Held held_;
  Held held_by_links_;
};

}  // namespace

std::unique_ptr<CommitSteps> MakeCommitSteps(const Folder& target, const Folder& staging) {
  return std::make_unique<PosixCommit>(target, staging);
}

void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to, const std::string& to_name) {
  if (!IsPlainName(from_name)) Fail("renameat2", from_name, EINVAL);
  if (!IsPlainName(to_name)) Fail("renameat2", to_name, EINVAL);
  const Failure renamed = RenameExclusively(from.fd(), from_name, to.fd(), to_name);
  if (renamed) Fail(renamed.syscall, to_name, renamed.error);
}

}  // namespace penstock
