// Counted system calls of Linux and macOS that system/calls.h does not have.
#pragma once

#include "system/calls.h"

namespace penstock {

class PosixCalls {
 public:
  explicit PosixCalls(Calls& calls) : counters_(calls.counters()) {}

  /** openat(2). */
  int Open(int folder, const char* path, int flags, mode_t mode = 0);
  /** Opens a path below `folder` in one call that no link leads out of. ENOSYS: not on this system. */
  int OpenBeneath(int folder, const char* path, int flags);
  /** madvise(2). */
  int Advise(void* at, size_t size, int advice);
  /** Makes mapped pages present for reads. EOPNOTSUPP if the system has no such call. */
  int PopulateToRead(void* at, size_t size);

 protected:
  Counters& counters_;
};

}  // namespace penstock
