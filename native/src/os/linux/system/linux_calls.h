// Counted system calls that only Linux has.
#pragma once

#include <sys/socket.h>

#include "os/posix/system/posix_calls.h"

namespace penstock {

class LinuxCalls final : public PosixCalls {
 public:
  using PosixCalls::PosixCalls;

  /** As Calls::Send, with flags such as MSG_ZEROCOPY. */
  ssize_t SendFlagged(int socket, const void* data, size_t size, int flags);
  /** Receives one message from the socket's error queue. */
  ssize_t ReceiveError(int socket, msghdr* message);
  /** Reads SO_ERROR, which clears it. */
  int TakeError(int socket);
  /** sendfile(2), to a socket or a file. */
  ssize_t Sendfile(int target, int file, off_t* offset, size_t size);
  /** splice(2) with a pipe at `from`. */
  ssize_t Splice(int from, int to, loff_t* toOffset, size_t size, unsigned flags);
  /** splice(2) with a pipe at `to`. */
  ssize_t SpliceFrom(int from, loff_t* fromOffset, int to, size_t size, unsigned flags);
  /** copy_file_range(2). */
  ssize_t CopyFileRange(int from, loff_t* fromOffset, int to, loff_t* toOffset, size_t size);
  /** FICLONE: `target` shares all blocks of `source`. */
  int Clone(int target, int source);
  ssize_t Read(int fd, void* data, size_t size);
  /** pipe2(2), non-blocking. */
  int Pipe(int fds[2]);
  /** F_SETPIPE_SZ. Returns the size that the kernel has set. */
  int SetPipeSize(int fd, int bytes);
};

}  // namespace penstock
