#include "os/linux/system/newer_calls.h"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace penstock {
namespace {

/// The number of cachestat is 451 on every architecture; older headers do not name it.
constexpr long kCachestat = 451;
/// RENAME_NOREPLACE, which older C libraries do not name.
constexpr unsigned kNoReplace = 1;

struct CachestatRange {
  uint64_t offset;
  uint64_t length;
};

struct Cachestat {
  uint64_t cached;
  uint64_t dirty;
  uint64_t writeback;
  uint64_t evicted;
  uint64_t recently_evicted;
};

}  // namespace

int OpenAt2Beneath(int folder, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

int RenameAt2NoReplace(int from, const char* fromName, int to, const char* toName) {
  return static_cast<int>(::syscall(SYS_renameat2, from, fromName, to, toName, kNoReplace));
}

int CachestatPages(int fd, uint64_t offset, uint64_t length, uint64_t* cached) {
  const CachestatRange range{offset, length};
  Cachestat answer{};
  const auto result = static_cast<int>(::syscall(kCachestat, fd, &range, &answer, 0u));
  if (result == 0) *cached = answer.cached;
  return result;
}

}  // namespace penstock
