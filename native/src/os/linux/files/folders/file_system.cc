// openat2, renameat2, syncfs, statfs: the calls of Linux for received files.
#include "os/posix/files/folders/file_system.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <utility>

#include "files/target/file_ops.h"
#include "os/linux/system/newer_calls.h"
#include "os/posix/files/folders/mounted_facts.h"

namespace penstock {
namespace {

std::atomic<bool> openat2Missing{false};

constexpr uint64_t kZfsMagic = 0x2FC12FC1;
constexpr uint64_t kBcachefsMagic = 0xCA451A4E;
constexpr uint64_t kConfigfsMagic = 0x62656570;

// Since Linux 5.8; before, syncfs returns 0 even if data could not be written.
bool SyncfsReportsErrors() {
  static const bool reports = [] {
    utsname system{};
    int major = 0;
    int minor = 0;
    if (::uname(&system) != 0 || std::sscanf(system.release, "%d.%d", &major, &minor) != 2) return false;
    return major > 5 || (major == 5 && minor >= 8);
  }();
  return reports;
}

std::string FileSystemName(uint64_t magic) {
  static const std::pair<uint64_t, const char*> kNames[] = {
      {0xEF53, "ext4"},          {0x01021994, "tmpfs"},    {0x9123683E, "btrfs"},   {0x58465342, "xfs"},
      {0x794C7630, "overlayfs"}, {0x6969, "nfs"},          {0x4D44, "vfat"},        {0x2011BAB0, "exfat"},
      {0x5346544E, "ntfs"},      {0x7366746E, "ntfs3"},    {0x65735546, "fuse"},    {0xF2F52010, "f2fs"},
      {0x2FC12FC1, "zfs"},       {0xFF534D42, "cifs"},     {0xFE534D42, "smb2"},    {0x01021997, "9p"},
      {0x858458F6, "ramfs"},     {0x73717368, "squashfs"}, {0xCA451A4E, "bcachefs"}};
  for (const auto& [value, name] : kNames) {
    if (value == magic) return name;
  }
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(magic));
  return text;
}

}  // namespace

const int kPassFlags = O_PATH;

bool HasOpenBeneath() { return !openat2Missing; }

UniqueFd OpenBeneath(int folder, const char* path, int flags) {
  UniqueFd opened(OpenAt2Beneath(folder, path, flags));
  // Kernels before 5.6, and sandboxes. A folder that may not be entered is EACCES, a link on the way ELOOP.
  if (!opened.valid() && IsUnsupportedErrno(errno)) openat2Missing = true;
  return opened;
}

Failure RenameExclusive(int from, const std::string& fromName, int to, const std::string& toName) {
  static std::atomic<bool> missing{false};
  if (missing) return {Code::kNone, ENOSYS, "renameat2"};
  if (RenameAt2NoReplace(from, fromName.c_str(), to, toName.c_str()) == 0) return {};
  if (errno == ENOSYS) missing = true;
  return {Code::kNone, errno, "renameat2"};
}

ssize_t CopyWithinKernel(int from, int to, off_t at, size_t size) {
  loff_t read = at;
  loff_t written = at;
  return ::copy_file_range(from, &read, to, &written, size, 0);
}

Failure OpenForRemoval(int parent, const std::string& name, UniqueFd* opened) {
  const UniqueFd handle(::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!handle.valid()) return {Code::kNone, errno, "openat"};
  // fchmod(2) rejects O_PATH descriptors, and the name could have become a link: the entry in /proc is this folder.
  const std::string self = "/proc/self/fd/" + std::to_string(handle.get());
  if (::chmod(self.c_str(), 0700) != 0 && errno != ENOENT) return {Code::kNone, errno, "chmod"};
  opened->reset(::openat(handle.get(), ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return opened->valid() ? Failure{} : Failure{Code::kNone, errno, "openat"};
}

Failure SyncAll(int folder) { return ::syncfs(folder) == 0 ? Failure{} : Failure{Code::kNone, errno, "syncfs"}; }

// FUSE, network file systems and overlays do not pass syncfs or its errors on, and FAT does not empty the cache of its
// drive for it. These do all of it.
bool SyncAllReaches(int folder) {
  constexpr uint64_t kReached[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
                                   TMPFS_MAGIC,      RAMFS_MAGIC,     kZfsMagic,         kBcachefsMagic};
  struct statfs facts {};
  if (!SyncfsReportsErrors() || ::fstatfs(folder, &facts) != 0) return false;
  const uint64_t magic = static_cast<uint64_t>(facts.f_type) & 0xFFFFFFFFu;
  return std::find(std::begin(kReached), std::end(kReached), magic) != std::end(kReached);
}

Failure SyncOne(int opened) { return ::fsync(opened) == 0 ? Failure{} : Failure{Code::kNone, errno, "fsync"}; }

bool IsKernelFileSystem(int folder) {
  constexpr uint64_t kKernel[] = {PROC_SUPER_MAGIC,     SYSFS_MAGIC,   CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                  DEBUGFS_MAGIC,        TRACEFS_MAGIC, SECURITYFS_MAGIC,   SELINUX_MAGIC,
                                  RDTGROUP_SUPER_MAGIC, kConfigfsMagic};
  struct statfs facts {};
  if (::fstatfs(folder, &facts) != 0) return false;
  const uint64_t magic = static_cast<uint64_t>(facts.f_type) & 0xFFFFFFFFu;
  return std::find(std::begin(kKernel), std::end(kKernel), magic) != std::end(kKernel);
}

std::string AttributeNames(int folder, const char* name) {
  // By the folder's entry in /proc: the call has no form that takes a folder before Linux 6.13.
  const std::string path = "/proc/self/fd/" + std::to_string(folder) + "/" + name;
  constexpr size_t kBytes = 4096;
  std::string names(kBytes, '\0');
  const ssize_t bytes = ::llistxattr(path.c_str(), names.data(), names.size());
  names.resize(bytes > 0 ? static_cast<size_t>(bytes) : 0);
  return names;
}

timespec ModifiedAt(const struct stat& facts) { return facts.st_mtim; }

FileSystemFacts FileSystemOf(const std::string& path) {
  const auto facts = MountedFacts<struct statfs>(path, ::statfs, ::fstatfs);
  FileSystemFacts result;
  result.type = FileSystemName(static_cast<uint64_t>(facts.f_type) & 0xFFFFFFFFu);
  // Some FUSE servers leave all of it at 0, and so do file systems without a limit.
  if (facts.f_blocks == 0 && facts.f_bavail == 0) return result;
  result.free_bytes = static_cast<uint64_t>(facts.f_bavail) * static_cast<uint64_t>(facts.f_frsize);
  return result;
}

}  // namespace penstock
