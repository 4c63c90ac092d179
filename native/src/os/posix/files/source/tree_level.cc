#include "files/source/tree_level.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "errors/failure.h"
#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "os/posix/files/folders/long_path.h"
#include "os/posix/files/source/reported_size.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

constexpr mode_t kReadableByAll = 0444;
/** Unit of `st_blocks`; independent of the block size of the file system. */
constexpr uint64_t kBlockBytes = 512;

/** It stays open while there are names left in it. */
class PosixLevel final : public TreeLevel {
 public:
  /** Takes the descriptor over. 0, or errno. */
  int List(UniqueFd folder);

  bool AtEnd() const override { return next_ == order_.size(); }
  TreeEntry Next() override;
  int Enter(const TreeEntry& folder, std::unique_ptr<TreeLevel>* below) override;

 private:
  int fd() const { return dirfd(folder_.get()); }

  Listing folder_;
  // One text with a zero byte after each name, and where they begin: a string each would take four times the memory.
  std::string names_;
  std::vector<uint32_t> order_;
  size_t next_ = 0;
};

/** Checked now, so that the report comes before the transfer and other files are sent. */
int Readable(int folder, const char* name, const struct stat& facts) {
  if ((facts.st_mode & kReadableByAll) == kReadableByAll) return 0;
  return faccessat(folder, name, R_OK, AT_EACCESS) == 0 ? 0 : errno;
}

void TakeFacts(const struct stat& facts, TreeEntry* entry) {
  entry->mode = facts.st_mode;
  entry->size = static_cast<uint64_t>(facts.st_size);
  entry->allocatedBytes = static_cast<uint64_t>(facts.st_blocks) * kBlockBytes;
  const timespec time = ModifiedAt(facts);
  entry->seconds = time.tv_sec;
  entry->nanoseconds = static_cast<uint32_t>(time.tv_nsec);
}

/** Of a file or folder. */
NotKeptTable<bool> NotKeptOf(int folder, const char* name, const struct stat& facts) {
  NotKeptTable<bool> found;
  found[NotKept::kOwner] = facts.st_uid != ::geteuid();
  found[NotKept::kHardLink] = S_ISREG(facts.st_mode) && facts.st_nlink > 1;
  const std::string names = AttributeNames(folder, name);
  for (size_t at = 0; at < names.size();) {
    const std::string_view attribute = names.c_str() + at;
    at += attribute.size() + 1;
    if (attribute.rfind("system.posix_acl_", 0) == 0) found[NotKept::kAccessList] = true;
    else if (attribute == "security.capability") found[NotKept::kCapability] = true;
    // The system sets these itself: labels, signatures, where a file comes from.
    else if (attribute.rfind("security.", 0) != 0 && attribute.rfind("system.", 0) != 0 &&
             attribute.rfind("com.apple.", 0) != 0)
      found[NotKept::kAttribute] = true;
  }
  return found;
}

/** 0, or errno. */
int ReadTarget(int folder, TreeEntry* entry) {
  std::string target(PATH_MAX, '\0');
  const ssize_t bytes = readlinkat(folder, entry->name.c_str(), target.data(), target.size());
  if (bytes < 0) return errno;
  entry->target = target.substr(0, static_cast<size_t>(bytes));
  return 0;
}

/** Whether a regular file can be read and has the size that the system reports. */
void CheckFile(int folder, const std::string& name, const struct stat& facts, TreeEntry* entry) {
  const int unreadable = Readable(folder, name.c_str(), facts);
  if (unreadable != 0) {
    entry->failure = Failure{Code::kNone, unreadable};
    return;
  }
  const SizeCheck size = CheckSize(folder, name, facts);
  if (size.error != 0 || !size.known) entry->failure = Failure{Code::kNone, size.error};
}

}  // namespace

int PosixLevel::List(UniqueFd folder) {
  folder_.reset(fdopendir(folder.get()));
  if (!folder_) return errno;
  folder.release();
  errno = 0;
  while (const dirent* entry = readdir(folder_.get())) {
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
      order_.push_back(static_cast<uint32_t>(names_.size()));
      names_.append(entry->d_name).push_back('\0');
      if (names_.size() > UINT32_MAX) return EOVERFLOW;
    }
    errno = 0;
  }
  if (errno != 0) return errno;
  const char* names = names_.c_str();
  std::sort(order_.begin(), order_.end(),
            [names](uint32_t left, uint32_t right) { return std::strcmp(names + left, names + right) < 0; });
  return 0;
}

TreeEntry PosixLevel::Next() {
  TreeEntry entry;
  entry.name = names_.c_str() + order_[next_++];
  struct stat facts {};
  if (fstatat(fd(), entry.name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    entry.failure = Failure{Code::kNone, errno};
    return entry;
  }
  TakeFacts(facts, &entry);
  if (S_ISREG(facts.st_mode)) CheckFile(fd(), entry.name, facts, &entry);
  if (!S_ISLNK(facts.st_mode)) entry.notKept = NotKeptOf(fd(), entry.name.c_str(), facts);
  if (S_ISLNK(facts.st_mode)) {
    const int error = ReadTarget(fd(), &entry);
    if (error != 0) entry.failure = Failure{Code::kNone, error};
  }
  return entry;
}

int PosixLevel::Enter(const TreeEntry& folder, std::unique_ptr<TreeLevel>* below) {
  UniqueFd opened(openat(fd(), folder.name.c_str(), kFolderFlags));
  if (!opened.valid()) return errno;
  auto level = std::make_unique<PosixLevel>();
  const int error = level->List(std::move(opened));
  if (error == 0) *below = std::move(level);
  return error;
}

TreeEntry ExamineTop(const std::string& path) {
  const size_t slash = path.rfind('/');
  const UniqueFd folder = OpenFolderAt(path.substr(0, slash + 1), kPassFlags);
  if (!folder.valid()) throw SystemError(errno, "openat", path);
  // The root has no name.
  const std::string name = slash + 1 == path.size() ? "." : path.substr(slash + 1);
  struct stat facts {};
  if (fstatat(folder.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) throw SystemError(errno, "fstatat", path);
  TreeEntry entry;
  TakeFacts(facts, &entry);
  if (S_ISREG(facts.st_mode)) CheckFile(folder.get(), name, facts, &entry);
  entry.notKept = NotKeptOf(folder.get(), name.c_str(), facts);
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

}  // namespace penstock
