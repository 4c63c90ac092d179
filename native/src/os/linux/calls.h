// The system calls of a stream's thread, each counted by the name that strace prints.
#pragma once

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "base/counters.h"
#include "base/map_options.h"
#include "direct_support.h"
#include "os/posix/file_system.h"
#include "platform.h"

// Since Linux 5.14; older headers do not name it.
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace penstock {

/** What has a file opened past the page cache. */
constexpr const char* kDirectFlag = "O_DIRECT";
/** What is done to a window where nothing else is asked for. */
constexpr MapOption kUsualMapOption = MapOption::kSequential;
/** The call that does it. */
constexpr const char* MapOptionCall(MapOption option) { return option == MapOption::kLock ? "mlock" : "madvise"; }

/** A file's size and time as statx gives them. */
struct FileFacts {
  bool regular = false;
  /** Same value, same device. */
  uint64_t device = 0;
  uint64_t size = 0;
  int64_t mtimeNs = 0;
};

/**
 * Each member makes exactly one system call and counts it, whatever it answers. errno is left as the call set
 * it.
 */
class Calls {
 public:
  explicit Calls(Counters& counters) : counters_(counters) {}
  Counters& counters() { return counters_; }

  /** `more`: what follows at once may share the last segment. */
  ssize_t Send(int fd, const void* data, size_t size, bool more = false) {
    return SendFlagged(fd, data, size, more ? MSG_MORE : 0);
  }
  /** For flags that only this system has. */
  ssize_t SendFlagged(int fd, const void* data, size_t size, int flags) {
    counters_.Count(Sys::kSendto);
    return ::send(fd, data, size, flags | MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  ssize_t SendVector(int fd, iovec* parts, size_t count) {
    counters_.Count(Sys::kSendmsg);
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    return ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  /** One message of the socket's error queue. */
  ssize_t ReceiveError(int fd, msghdr* message) {
    counters_.Count(Sys::kRecvmsg);
    return ::recvmsg(fd, message, MSG_ERRQUEUE | MSG_DONTWAIT);
  }
  ssize_t Receive(int fd, void* data, size_t size) {
    counters_.Count(Sys::kRecvfrom);
    return ::recv(fd, data, size, MSG_DONTWAIT);
  }
  ssize_t Sendfile(int socket, int file, off_t* offset, size_t size) {
    counters_.Count(Sys::kSendfile);
    return ::sendfile(socket, file, offset, size);
  }
  /** Makes `target` share all of `source`'s blocks. */
  int Clone(int target, int source) {
    counters_.Count(Sys::kIoctl);
    return ::ioctl(target, FICLONE, source);
  }
  ssize_t CopyFileRange(int from, loff_t* fromOffset, int to, loff_t* toOffset, size_t size) {
    counters_.Count(Sys::kCopyFileRange);
    return ::copy_file_range(from, fromOffset, to, toOffset, size, 0);
  }
  ssize_t Splice(int from, int to, loff_t* toOffset, size_t size, unsigned flags) {
    counters_.Count(Sys::kSplice);
    return ::splice(from, nullptr, to, toOffset, size, flags);
  }
  ssize_t SpliceFrom(int from, loff_t* fromOffset, int to, size_t size, unsigned flags) {
    counters_.Count(Sys::kSplice);
    return ::splice(from, fromOffset, to, nullptr, size, flags);
  }
  ssize_t Pread(int fd, void* data, size_t size, uint64_t offset) {
    counters_.Count(Sys::kPread64);
    return ::pread(fd, data, size, static_cast<off_t>(offset));
  }
  ssize_t Pwrite(int fd, const void* data, size_t size, uint64_t offset) {
    counters_.Count(Sys::kPwrite64);
    return ::pwrite(fd, data, size, static_cast<off_t>(offset));
  }
  ssize_t Read(int fd, void* data, size_t size) {
    counters_.Count(Sys::kRead);
    return ::read(fd, data, size);
  }
  int Open(int folder, const char* path, int flags, mode_t mode = 0) {
    counters_.Count(Sys::kOpenat);
    return ::openat(folder, path, flags, mode);
  }
  /** A file to be read. Not through a link, and without waiting where a FIFO has taken its place. */
  int OpenSource(const std::string& path) {
    return Open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  }
  /** An empty file in the staging folder; `through`: what is written to it is on the disk when the call returns. `exclusive`: EEXIST where it is. */
  int OpenStaging(int folder, const std::string& name, bool through, bool exclusive) {
    const int made = O_CREAT | (exclusive ? O_EXCL : O_TRUNC);
    const int flags = made | O_RDWR | O_CLOEXEC | O_NOFOLLOW | (through ? O_DSYNC : 0);
    return Open(folder, name.c_str(), flags, 0600);
  }
  /** The same file again, past the page cache; EOPNOTSUPP where it would go through it. Through /proc, so that it is this one, whatever its name leads to by now. */
  int OpenDirectToRead(int fd) {
    if (BuffersAllTheSame(counters_, fd, false)) return Refuse();
    return OpenDirect(fd, O_RDONLY);
  }
  /** O_DSYNC is the descriptor's own and has to be asked for again. */
  int OpenDirectToWrite(int fd) {
    if (BuffersAllTheSame(counters_, fd, true)) return Refuse();
    const int flags = Flags(fd);
    return flags < 0 ? -1 : OpenDirect(fd, O_WRONLY | (flags & O_DSYNC));
  }
  /** A folder below another in one call, where the system has it (HasOpenBeneath). */
  int OpenBelow(int folder, const std::string& path, int flags) {
    counters_.Count(Sys::kOpenat2);
    return OpenBeneath(folder, path, flags).release();
  }
  /** Permission bits, and the time of the last change. Two calls. */
  int SetModeAndTime(int fd, uint32_t mode, int64_t seconds, int32_t nanoseconds) {
    counters_.Count(Sys::kFchmod);
    if (::fchmod(fd, static_cast<mode_t>(mode & 0777)) != 0) return -1;
    counters_.Count(Sys::kUtimensat);
    const timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(seconds), nanoseconds}};
    return ::futimens(fd, times);
  }
  int Close(int fd) {
    counters_.Count(Sys::kClose);
    return ::close(fd);
  }
  int CloseSocket(int fd) { return Close(fd); }
  /** Size and time of an open file; -1 with errno where statx fails. */
  int Facts(int fd, FileFacts* facts) {
    counters_.Count(Sys::kStatx);
    struct statx found {};
    if (::statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE | STATX_MTIME, &found) != 0) return -1;
    facts->regular = S_ISREG(found.stx_mode);
    facts->device = (static_cast<uint64_t>(found.stx_dev_major) << 32) | found.stx_dev_minor;
    facts->size = found.stx_size;
    facts->mtimeNs = found.stx_mtime.tv_sec * 1000000000 + found.stx_mtime.tv_nsec;
    return 0;
  }
  int Truncate(int fd, uint64_t size) {
    counters_.Count(Sys::kFtruncate);
    return ::ftruncate(fd, static_cast<off_t>(size));
  }
  /** Takes the blocks of a range within the file's size; what is written there stays. */
  int Allocate(int fd, uint64_t offset, uint64_t size) {
    counters_.Count(Sys::kFallocate);
    return ::fallocate(fd, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(size));
  }
  int64_t Seek(int fd, uint64_t offset, int whence) {
    counters_.Count(Sys::kLseek);
    return ::lseek(fd, static_cast<off_t>(offset), whence);
  }
  int Poll(pollfd* fds, nfds_t count, int timeoutMs) {
    counters_.Count(Sys::kPpoll);
    timespec timeout{timeoutMs / 1000, (timeoutMs % 1000) * 1000000L};
    return ::ppoll(fds, count, timeoutMs < 0 ? nullptr : &timeout, nullptr);
  }
  int Pipe(int fds[2]) {
    counters_.Count(Sys::kPipe2);
    return ::pipe2(fds, O_CLOEXEC | O_NONBLOCK);
  }
  int SetPipeSize(int fd, int bytes) {
    counters_.Count(Sys::kFcntl);
    return ::fcntl(fd, F_SETPIPE_SZ, bytes);
  }
  /** The open file's flags. */
  int Flags(int fd) {
    counters_.Count(Sys::kFcntl);
    return ::fcntl(fd, F_GETFL);
  }
  void* Map(int fd, size_t size, uint64_t offset) {
    counters_.Count(Sys::kMmap);
    return ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
  }
  void* MapShared(int fd, size_t size, uint64_t offset) {
    counters_.Count(Sys::kMmap);
    return ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(offset));
  }
  int Unmap(void* at, size_t size) {
    counters_.Count(Sys::kMunmap);
    return ::munmap(at, size);
  }
  int Prepare(void* at, size_t size, MapOption option) {
    switch (option) {
      case MapOption::kSequential:
        return Advise(at, size, MADV_SEQUENTIAL);
      case MapOption::kWillNeed:
        return Advise(at, size, MADV_WILLNEED);
      case MapOption::kPopulate:
        return Advise(at, size, MADV_POPULATE_READ);
      case MapOption::kLock:
        break;
    }
    counters_.Count(Sys::kMlock);
    return ::mlock(at, size);
  }
  int PopulateToWrite(void* at, size_t size) { return Advise(at, size, MADV_POPULATE_WRITE); }
  int SetOption(int fd, int level, int name, int value) {
    counters_.Count(Sys::kSetsockopt);
    return ::setsockopt(fd, level, name, &value, sizeof value);
  }
  /** False for a local pair. */
  bool IsTcp(int fd) {
    counters_.Count(Sys::kGetsockopt);
    int domain = 0;
    socklen_t size = sizeof domain;
    return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain != AF_UNIX;
  }
  int Shutdown(int fd, int how) {
    counters_.Count(Sys::kShutdown);
    return ::shutdown(fd, how);
  }
  int StartWriteBack(int fd) {
    counters_.Count(Sys::kSyncFileRange);
    return ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  }

 private:
  int Advise(void* at, size_t size, int advice) {
    counters_.Count(Sys::kMadvise);
    return ::madvise(at, size, advice);
  }
  static int Refuse() {
    errno = EOPNOTSUPP;
    return -1;
  }
  int OpenDirect(int fd, int flags) {
    return Open(AT_FDCWD, ("/proc/self/fd/" + std::to_string(fd)).c_str(), flags | O_DIRECT | O_CLOEXEC | O_NONBLOCK);
  }

  Counters& counters_;
};

}  // namespace penstock
