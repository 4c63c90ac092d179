// cachestat(2) if the kernel has it (6.5), else mincore(2) over mapped windows.
#include "facts/cache_facts.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>

#include "os/linux/system/newer_calls.h"
#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/long_path.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

/// Both calls walk the pages: the window bounds the time of one call, about 1 ms at worst.
constexpr uint64_t kWindowBytes = 4u << 20;
constexpr uint64_t kWindowsPerFile = 16;
/// Where a whole file is counted: about a millisecond of cachestat(2) if it is cached in single pages.
constexpr uint64_t kCountedBytes = 64u << 20;
std::atomic<bool> noCachestat{false};

uint64_t PageBytes() {
  static const auto size = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return size;
}

/// Pages in the cache by cachestat(2); empty if the kernel or a sandbox refuses it.
std::optional<uint64_t> ByCachestat(int fd, uint64_t offset, uint64_t length) {
  if (noCachestat) return std::nullopt;
  uint64_t cached = 0;
  if (CachestatPages(fd, offset, length, &cached) == 0) return cached;
  if (errno == ENOSYS) noCachestat = true;
  return std::nullopt;
}

/// A mapping that unmaps itself.
class Window {
 public:
  Window(int fd, uint64_t offset, uint64_t length)
      : length_(length), base_(mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset))) {}
  ~Window() {
    if (valid()) munmap(base_, length_);
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  bool valid() const { return base_ != MAP_FAILED; }
  void* base() const { return base_; }

 private:
  uint64_t length_;
  void* base_;
};

/// For a user who neither owns the file nor may write it, mincore(2) reports every page as present.
bool IsMincoreReliable(int fd, const struct stat& facts) {
  if (geteuid() == 0 || geteuid() == facts.st_uid) return true;
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  return faccessat(AT_FDCWD, self.c_str(), W_OK, AT_EACCESS) == 0;
}

std::optional<uint64_t> ByMincore(int fd, const struct stat& facts, uint64_t offset, uint64_t length) {
  if (!IsMincoreReliable(fd, facts)) return std::nullopt;
  const Window window(fd, offset, length);
  std::vector<unsigned char> pages((length + PageBytes() - 1) / PageBytes());
  if (!window.valid() || mincore(window.base(), length, pages.data()) != 0) return std::nullopt;
  return static_cast<uint64_t>(
      std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; }));
}

std::optional<uint64_t> PagesIn(int fd, const struct stat& facts, uint64_t offset, uint64_t length) {
  const std::optional<uint64_t> pages = ByCachestat(fd, offset, length);
  return pages ? pages : ByMincore(fd, facts, offset, length);
}

/// A regular file to examine; an open of a FIFO without a writer must not block.
UniqueFd OpenToExamine(const std::string& path, struct stat* facts) {
  const size_t slash = path.rfind('/');
  const UniqueFd folder = OpenFolderAt(std::string_view(path).substr(0, slash + 1), kPassFlags);
  if (!folder.valid()) return UniqueFd();
  UniqueFd fd(openat(folder.get(), path.c_str() + slash + 1, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (fd.valid() && (fstat(fd.get(), facts) != 0 || !S_ISREG(facts->st_mode))) fd.reset();
  return fd;
}

std::vector<uint64_t> WindowsOf(uint64_t size) {
  const uint64_t windows = std::min(kWindowsPerFile, (size + kWindowBytes - 1) / kWindowBytes);
  std::vector<uint64_t> offsets;
  for (uint64_t index = 0; index < windows; ++index) {
    const uint64_t at = windows == 1 ? 0 : (size - 1) / (windows - 1) * index;
    const uint64_t last = size > kWindowBytes ? size - kWindowBytes : 0;
    offsets.push_back(std::min(at, last) / kWindowBytes * kWindowBytes);
  }
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

}  // namespace

// A read at the end of a file: the kernel checks the flag first, and returns no bytes.
bool SkipsCache(const std::string& path) {
  struct stat about {};
  UniqueFd file = OpenToExamine(path, &about);
  if (!file.valid()) {
    const UniqueFd folder = OpenFolderAt(path, kPassFlags);
    if (folder.valid()) file.reset(openat(folder.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    about.st_size = 0;
  }
  if (!file.valid()) return false;
  Counters counters;
  char byte = 0;
  return Calls(counters).PreadUncached(file.get(), &byte, 1, static_cast<uint64_t>(about.st_size)) >= 0;
}

std::optional<uint64_t> CachedPages(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  uint64_t count = 0;
  for (const std::string& path : paths) {
    struct stat about {};
    const UniqueFd fd = OpenToExamine(path, &about);
    if (!fd.valid()) return std::nullopt;
    const auto size = static_cast<uint64_t>(about.st_size);
    for (uint64_t offset = 0; offset < size; offset += kCountedBytes) {
      if (std::chrono::steady_clock::now() >= until) return std::nullopt;
      const std::optional<uint64_t> pages = PagesIn(fd.get(), about, offset, std::min(kCountedBytes, size - offset));
      if (!pages) return std::nullopt;
      count += *pages;
    }
  }
  return count;
}

CacheFacts CachedPart(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const auto timeLeft = [&] { return std::chrono::steady_clock::now() < until; };
  CacheFacts facts;
  for (const std::string& path : paths) {
    if (!timeLeft()) break;
    struct stat about {};
    const UniqueFd fd = OpenToExamine(path, &about);
    if (!fd.valid()) continue;
    const auto size = static_cast<uint64_t>(about.st_size);
    for (const uint64_t offset : WindowsOf(size)) {
      if (!timeLeft()) break;
      const uint64_t length = std::min(kWindowBytes, size - offset);
      const std::optional<uint64_t> pages = PagesIn(fd.get(), about, offset, length);
      if (!pages) break;
      facts.looked_bytes += length;
      facts.cached_bytes += std::min(length, *pages * PageBytes());
    }
  }
  return facts;
}

}  // namespace penstock
