// Counted system calls that only macOS has.
#pragma once

#include "os/posix/system/posix_calls.h"

namespace penstock {

class MacCalls final : public PosixCalls {
 public:
  using PosixCalls::PosixCalls;

  /**
   * sendfile(2). `*size` holds the bytes to send, and afterwards those sent, also on EAGAIN and EINTR. A `*size` of 0
   * would mean "to the end of the file".
   */
  int Sendfile(int file, int socket, uint64_t offset, off_t* size);
  /** fclonefileat of clonefile(2): the new file shares the blocks of `source` and belongs to the caller. */
  int Clone(int source, int folder, const char* name);
  /** F_NOCACHE: reads and writes through this descriptor leave nothing in the page cache. */
  int SetNoCache(int fd);
};

}  // namespace penstock
