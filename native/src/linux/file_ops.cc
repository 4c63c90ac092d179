#include "engine/file_ops.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "engine/errors.h"
#include "engine/unique_fd.h"

namespace penstock {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kMaxDepth = 512;
constexpr mode_t kPermissions = 0777;

std::atomic<bool> pretend_old_kernel{false};
std::atomic<bool> no_renameat2{false};

[[noreturn]] void Fail(const char* syscall_name, const std::string& path, int error = errno) {
  throw FileError(error, syscall_name, path);
}

bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

std::vector<std::string> Components(const std::string& path) {
  std::vector<std::string> components;
  size_t start = 0;
  while (true) {
    const size_t slash = path.find('/', start);
    components.push_back(path.substr(start, slash == std::string::npos ? slash : slash - start));
    // The core rejects such names with a reason; a caller that forgot to must still not get out of the
    // folder.
    if (!IsPlainName(components.back())) Fail("openat", path, EINVAL);
    if (slash == std::string::npos) return components;
    start = slash + 1;
  }
}

int OpenAt2(int folder, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, folder, path.c_str(), &how, sizeof(how)));
}

/// Asked once: sandboxes answer EPERM for a system call that they do not know, kernels before 5.6 ENOSYS.
bool HasOpenAt2() {
  static const bool has = [] {
    const UniqueFd probe(OpenAt2(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return probe.valid() || (errno != ENOSYS && errno != EPERM);
  }();
  return has && !pretend_old_kernel;
}

UniqueFd OpenFolderBeneath(int folder, const std::string& path) {
  const std::vector<std::string> components = Components(path);
  if (HasOpenAt2()) {
    UniqueFd opened(OpenAt2(folder, path, kFolderFlags));
    if (opened.valid()) return opened;
    Fail("openat2", path, errno == ELOOP ? ENOTDIR : errno);
  }
  UniqueFd current;
  for (const std::string& name : components) {
    UniqueFd next(openat(current.valid() ? current.get() : folder, name.c_str(), kFolderFlags));
    if (!next.valid()) Fail("openat", path, errno == ELOOP ? ENOTDIR : errno);
    current = std::move(next);
  }
  return current;
}

timespec TimeOf(const CommitEntry& entry) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(entry.mtime_seconds);
  time.tv_nsec = entry.mtime_nanoseconds;
  return time;
}

bool IsLater(const timespec& left, const timespec& right) {
  return left.tv_sec != right.tv_sec ? left.tv_sec > right.tv_sec : left.tv_nsec > right.tv_nsec;
}

std::optional<struct stat> StatAt(int folder, const std::string& name) {
  struct stat facts {};
  if (fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return facts;
  if (errno == ENOENT) return std::nullopt;
  Fail("fstatat", name);
}

/// For file systems without links and without RENAME_NOREPLACE: an empty placeholder takes the name, and is
/// replaced.
void RenameOverPlaceholder(int from, const std::string& from_name, bool is_directory, int to,
                           const std::string& to_name) {
  if (is_directory) {
    if (mkdirat(to, to_name.c_str(), 0700) != 0) Fail("mkdirat", to_name);
  } else {
    const UniqueFd placeholder(
        openat(to, to_name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!placeholder.valid()) Fail("openat", to_name);
  }
  if (renameat(from, from_name.c_str(), to, to_name.c_str()) == 0) return;
  const int error = errno;
  unlinkat(to, to_name.c_str(), is_directory ? AT_REMOVEDIR : 0);
  Fail("renameat", to_name, error);
}

void RenameNoReplaceAt(int from, const std::string& from_name, int to, const std::string& to_name) {
  constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE, which older C libraries do not name
  if (!pretend_old_kernel && !no_renameat2) {
    if (syscall(SYS_renameat2, from, from_name.c_str(), to, to_name.c_str(), kNoReplace) == 0) return;
    if (errno == ENOSYS) no_renameat2 = true;
    // EINVAL: this file system does not know the flag; the next one may.
    if (errno != ENOSYS && errno != EINVAL) Fail("renameat2", to_name);
  }
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
  if (entry.replace == ReplaceRule::kIfNewer && !IsLater(TimeOf(entry), existing->st_mtim)) return false;
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
  /// Opens the folder that holds `path` and gives its last component.
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
    // Made in staging first, so that it appears under its name whole, with its time, and by one rename.
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

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

std::vector<std::string> NamesIn(int folder, const std::string& path) {
  UniqueFd copy(openat(folder, ".", kFolderFlags));
  if (!copy.valid()) Fail("openat", path);
  const std::unique_ptr<DIR, CloseDirectory> directory(fdopendir(copy.get()));
  if (!directory) Fail("fdopendir", path);
  copy.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) Fail("readdir", path);
  return names;
}

/// Opens a folder that is about to be removed, giving it the permission bits that this needs.
UniqueFd OpenForRemoval(int parent, const std::string& name) {
  const UniqueFd handle(openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!handle.valid()) Fail("openat", name);
  // fchmod does not take an O_PATH descriptor, and a name could have become a link: its /proc name is this
  // very folder.
  const std::string self = "/proc/self/fd/" + std::to_string(handle.get());
  if (chmod(self.c_str(), 0700) != 0 && errno != ENOENT) Fail("chmod", name);
  UniqueFd opened(openat(parent, name.c_str(), kFolderFlags));
  if (!opened.valid()) Fail("openat", name);
  return opened;
}

void RemoveAt(int parent, const std::string& name, int depth) {
  if (depth > kMaxDepth) Fail("unlinkat", name, ENAMETOOLONG);
  const std::optional<struct stat> facts = StatAt(parent, name);
  if (!facts) return;
  const bool is_directory = S_ISDIR(facts->st_mode);
  if (is_directory) {
    const UniqueFd folder = OpenForRemoval(parent, name);
    for (const std::string& child : NamesIn(folder.get(), name)) RemoveAt(folder.get(), child, depth + 1);
  }
  if (unlinkat(parent, name.c_str(), is_directory ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT) {
    Fail("unlinkat", name);
  }
}

std::string FileSystemName(uint64_t magic) {
  static const std::pair<uint64_t, const char*> kNames[] = {
      {0xEF53, "ext4"},         {0x01021994, "tmpfs"},    {0x9123683E, "btrfs"}, {0x58465342, "xfs"},
      {0x794C7630, "overlayfs"}, {0x6969, "nfs"},          {0x4D44, "vfat"},      {0x2011BAB0, "exfat"},
      {0x5346544E, "ntfs"},     {0x7366746E, "ntfs3"},    {0x65735546, "fuse"},  {0xF2F52010, "f2fs"},
      {0x2FC12FC1, "zfs"},      {0xFF534D42, "cifs"},     {0xFE534D42, "smb2"},  {0x01021997, "9p"},
      {0x858458F6, "ramfs"},    {0x73717368, "squashfs"}, {0xCA451A4E, "bcachefs"}};
  for (const auto& [value, name] : kNames) {
    if (value == magic) return name;
  }
  char text[32];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(magic));
  return text;
}

}  // namespace

FileError::FileError(int error, std::string syscall_name, std::string path)
    : std::runtime_error(std::string(ErrnoText(error)) + ": " + std::strerror(error) + ", " + syscall_name +
                         " '" + path + "'"),
      error_(error),
      syscall_(std::move(syscall_name)),
      path_(std::move(path)) {}

std::string FileError::code() const { return ErrnoText(error_); }

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
  return std::make_shared<Folder>(folder.release(), path);
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
    } catch (const FileError& error) {
      outcome.kind = CommitOutcome::Kind::kFailed;
      outcome.code = error.code();
      outcome.syscall = error.syscall();
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

void SyncFileSystem(const Folder& folder) {
  if (syncfs(folder.fd()) != 0) Fail("syncfs", folder.path());
}

void SyncFolder(const Folder& folder) {
  if (fsync(folder.fd()) != 0) Fail("fsync", folder.path());
}

void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to,
                     const std::string& to_name) {
  if (!IsPlainName(from_name)) Fail("renameat2", from_name, EINVAL);
  if (!IsPlainName(to_name)) Fail("renameat2", to_name, EINVAL);
  RenameNoReplaceAt(from.fd(), from_name, to.fd(), to_name);
}

void RemoveTree(const Folder& parent, const std::string& name) {
  if (!IsPlainName(name)) Fail("unlinkat", name, EINVAL);
  RemoveAt(parent.fd(), name, 0);
}

FileSystemFacts FileSystemOf(const std::string& path) {
  struct statfs facts {};
  if (statfs(path.c_str(), &facts) != 0) Fail("statfs", path);
  FileSystemFacts result;
  result.type = FileSystemName(static_cast<uint64_t>(facts.f_type) & 0xFFFFFFFFu);
  result.free_bytes = static_cast<uint64_t>(facts.f_bavail) * static_cast<uint64_t>(facts.f_frsize);
  return result;
}

void PretendOldKernel(bool old_kernel) { pretend_old_kernel = old_kernel; }

}  // namespace penstock
