#include "files/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/failure.h"
#include "base/unique_fd.h"
#include "files/file_ops.h"
#include "os/posix/files/file_system.h"
#include "os/posix/files/reported_size.h"

namespace penstock {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kReadableByAll = 0444;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

/** A folder that is being walked; it stays open while there are names left in it. */
struct Level {
  std::unique_ptr<DIR, CloseDirectory> folder;
  std::vector<std::string> names;
  size_t next = 0;
  int32_t number = -1;

  int fd() const { return dirfd(folder.get()); }
};

/** Takes the descriptor over. 0, or errno. */
int List(UniqueFd folder, Level* level) {
  level->folder.reset(fdopendir(folder.get()));
  if (!level->folder) return errno;
  folder.release();
  errno = 0;
  while (const dirent* entry = readdir(level->folder.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") level->names.push_back(name);
    errno = 0;
  }
  if (errno != 0) return errno;
  std::sort(level->names.begin(), level->names.end());
  return 0;
}

int64_t Nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

/** Checked now, so that the report comes before the transfer and other files are sent. */
bool IsReadable(int folder, const std::string& name, const struct stat& facts) {
  if ((facts.st_mode & kReadableByAll) == kReadableByAll) return true;
  return faccessat(folder, name.c_str(), R_OK, AT_EACCESS) == 0;
}

}  // namespace

struct TreeWalk::State {
  std::string path;
  std::vector<Level> levels;
  int32_t count = 0;
  bool begun = false;

  void Begin() {
    begun = true;
    // Follows links in the path that the user gave.
    UniqueFd folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) throw SystemError(errno, "open", path);
    Level level;
    const int error = List(std::move(folder), &level);
    if (error != 0) throw SystemError(error, "readdir", path);
    levels.push_back(std::move(level));
  }

  void Add(TreePiece* piece) {
    Level& level = levels.back();
    const std::string name = std::move(level.names[level.next++]);
    struct stat facts {};
    int error = fstatat(level.fd(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
    if (error == 0 && S_ISREG(facts.st_mode) && !IsReadable(level.fd(), name, facts)) error = errno;
    bool sizeUnknown = false;
    if (error == 0 && S_ISREG(facts.st_mode)) {
      const SizeCheck size = CheckSize(level.fd(), name, facts);
      error = size.error;
      sizeUnknown = !size.known;
    }
    Level below;
    if (error == 0 && S_ISDIR(facts.st_mode) && levels.size() <= kMaxDepth) {
      UniqueFd folder(openat(level.fd(), name.c_str(), kFolderFlags));
      error = folder.valid() ? List(std::move(folder), &below) : errno;
    }
    piece->parents.push_back(level.number);
    piece->names += name;
    piece->names += '\0';
    piece->modes.push_back(error == 0 ? facts.st_mode : 0);
    piece->sizes.push_back(static_cast<double>(facts.st_size));
    piece->times.push_back(Nanoseconds(ModifiedAt(facts)));
    const auto at = static_cast<uint32_t>(piece->parents.size() - 1);
    if (error != 0 || sizeUnknown) piece->failures.push_back({Code::kNone, error, "", at});
    below.number = count++;
    if (error == 0 && !below.names.empty()) levels.push_back(std::move(below));
  }
};

bool ReportsSize(const std::string& path) {
  const size_t slash = path.rfind('/');
  const UniqueFd folder(
      open(slash == std::string::npos ? "." : path.substr(0, slash + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) throw SystemError(errno, "open", path);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  struct stat facts {};
  if (fstatat(folder.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) throw SystemError(errno, "fstatat", path);
  if (!S_ISREG(facts.st_mode)) return true;
  const SizeCheck size = CheckSize(folder.get(), name, facts);
  if (size.error != 0) throw SystemError(size.error, "read", path);
  return size.known;
}

TreeWalk::TreeWalk(std::string path) : state_(std::make_unique<State>()) { state_->path = std::move(path); }

TreeWalk::~TreeWalk() = default;

TreePiece TreeWalk::Next(size_t limit) {
  if (!state_->begun) state_->Begin();
  TreePiece piece;
  while (piece.parents.size() < limit) {
    while (!state_->levels.empty() && state_->levels.back().next == state_->levels.back().names.size()) {
      state_->levels.pop_back();
    }
    if (state_->levels.empty()) break;
    state_->Add(&piece);
  }
  return piece;
}

}  // namespace penstock
