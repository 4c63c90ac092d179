#include "files/tree_level.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

#include "base/failure.h"
#include "base/unique_fd.h"
#include "files/tree_walk.h"
#include "os/posix/files/file_system.h"
#include "os/posix/files/folder_calls.h"
#include "os/posix/files/long_path.h"
#include "os/posix/files/reported_size.h"

namespace penstock {
namespace {

constexpr mode_t kReadableByAll = 0444;

/** It stays open while there are names left in it. */
class PosixLevel final : public TreeLevel {
 public:
  /** Takes the descriptor over. 0, or errno. */
  int List(UniqueFd folder);
  bool empty() const { return names_.empty(); }

  bool AtEnd() const override { return next_ == names_.size(); }
  TreeEntry Next(bool enter) override;

 private:
  int fd() const { return dirfd(folder_.get()); }
  /** 0, or errno. */
  int OpenBelow(TreeEntry* entry) const;

  Listing folder_;
  std::vector<std::string> names_;
  size_t next_ = 0;
};

/** Where a link points. 0, or errno. */
int ReadLink(int folder, const std::string& name, std::optional<std::string>* target) {
  char text[PATH_MAX];
  const ssize_t size = readlinkat(folder, name.c_str(), text, sizeof text);
  if (size < 0) return errno;
  target->emplace(text, static_cast<size_t>(size));
  return 0;
}

int64_t Nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

/** Checked now, so that the report comes before the transfer and other files are sent. */
bool IsReadable(int folder, const std::string& name, const struct stat& facts) {
  if ((facts.st_mode & kReadableByAll) == kReadableByAll) return true;
  return faccessat(folder, name.c_str(), R_OK, AT_EACCESS) == 0;
}

}  // namespace

int PosixLevel::List(UniqueFd folder) {
  folder_.reset(fdopendir(folder.get()));
  if (!folder_) return errno;
  folder.release();
  const int error = AddNames(folder_, &names_);
  if (error != 0) return error;
  std::sort(names_.begin(), names_.end());
  return 0;
}

int PosixLevel::OpenBelow(TreeEntry* entry) const {
  UniqueFd folder(openat(fd(), entry->name.c_str(), kFolderFlags));
  if (!folder.valid()) return errno;
  auto below = std::make_unique<PosixLevel>();
  const int error = below->List(std::move(folder));
  if (error == 0 && !below->empty()) entry->below = std::move(below);
  return error;
}

TreeEntry PosixLevel::Next(bool enter) {
  TreeEntry entry;
  entry.name = std::move(names_[next_++]);
  struct stat facts {};
  int error = fstatat(fd(), entry.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
  if (error == 0 && S_ISREG(facts.st_mode) && !IsReadable(fd(), entry.name, facts)) error = errno;
  bool sizeKnown = true;
  if (error == 0 && S_ISREG(facts.st_mode)) {
    const SizeCheck size = CheckSize(fd(), entry.name, facts);
    error = size.error;
    sizeKnown = size.known;
  }
  if (error == 0 && S_ISLNK(facts.st_mode)) error = ReadLink(fd(), entry.name, &entry.target);
  if (error == 0 && S_ISDIR(facts.st_mode) && enter) error = OpenBelow(&entry);
  entry.mode = facts.st_mode;
  entry.size = static_cast<double>(facts.st_size);
  entry.time = Nanoseconds(ModifiedAt(facts));
  if (error != 0 || !sizeKnown) entry.failure = Failure{Code::kNone, error};
  return entry;
}

std::unique_ptr<TreeLevel> OpenTree(const std::string& path) {
  UniqueFd folder = OpenFolderAt(path, O_RDONLY);
  if (!folder.valid()) throw SystemError(errno, "openat", path);
  auto level = std::make_unique<PosixLevel>();
  const int error = level->List(std::move(folder));
  if (error != 0) throw SystemError(error, "readdir", path);
  return level;
}

bool ReportsSize(const std::string& path) {
  const size_t slash = path.rfind('/');
  const UniqueFd folder = OpenFolderAt(slash == std::string::npos ? "." : path.substr(0, slash + 1), kPassFlags);
  if (!folder.valid()) throw SystemError(errno, "openat", path);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  struct stat facts {};
  if (fstatat(folder.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) throw SystemError(errno, "fstatat", path);
  if (!S_ISREG(facts.st_mode)) return true;
  const SizeCheck size = CheckSize(folder.get(), name, facts);
  if (size.error != 0) throw SystemError(size.error, "read", path);
  return size.known;
}

}  // namespace penstock
