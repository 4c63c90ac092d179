// Replaces the newer system calls by those of a kernel that lacks them; only tests load the addon that has it.
#include <cerrno>

#include "os/linux/system/newer_calls.h"

namespace penstock {
namespace {

int Missing() {
  errno = ENOSYS;
  return -1;
}

}  // namespace

int OpenAt2Beneath(int, const char*, int) { return Missing(); }

int RenameAt2NoReplace(int, const char*, int, const char*) { return Missing(); }

int CachestatPages(int, uint64_t, uint64_t, uint64_t*) { return Missing(); }

}  // namespace penstock
