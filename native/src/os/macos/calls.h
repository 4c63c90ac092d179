// The system calls of a stream's thread, each counted. The names are the engine's own table's; this system has no
// strace to hold them against.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/clonefile.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>

#include "base/counters.h"
#include "base/map_options.h"
#include "os/posix/file_system.h"
#include "platform.h"

namespace penstock {

/** What is done to a window where nothing else is asked for. */
constexpr MapOption kUsualMapOption = MapOption::kSequential;
/** The call that does it. */
constexpr const char* MapOptionCall(MapOption option) { return option == MapOption::kLock ? "mlock" : "madvise"; }

/** A file's size and time as fstat gives them. */
struct FileFacts {
  bool regular = false;
  uint64_t size = 0;
  int64_t mtimeNs = 0;
  /** Same value, same device. */
  uint64_t device = 0;
};

/**
 * Each member but Truncate makes exactly one system call and counts it, whatever it answers. errno is left as the call
 * set it. Sockets are non-blocking and have SO_NOSIGPIPE (sockets.h).
 */
class Calls {
 public:
  explicit Calls(Counters& counters) : counters_(counters) {}
  Counters& counters() { return counters_; }

  /** There is no MSG_MORE here: `more` is for the systems that have it. */
  ssize_t Send(int fd, const void* data, size_t size, bool /*more*/ = false) {
    counters_.Count(Sys::kSendto);
    return ::send(fd, data, size, MSG_DONTWAIT);
  }
  ssize_t SendVector(int fd, iovec* parts, size_t count) {
    counters_.Count(Sys::kSendmsg);
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = static_cast<int>(count);
    return ::sendmsg(fd, &message, MSG_DONTWAIT);
  }
  ssize_t Receive(int fd, void* data, size_t size) {
    counters_.Count(Sys::kRecvfrom);
    return ::recv(fd, data, size, MSG_DONTWAIT);
  }
  /**
   * sendfile(2): `*size` is what to send before and what was sent after, also when the answer is -1 with EAGAIN or
   * EINTR. A `*size` of 0 would mean "to the end of the file".
   */
  int Sendfile(int file, int socket, uint64_t offset, off_t* size) {
    counters_.Count(Sys::kSendfile);
    return ::sendfile(file, socket, static_cast<off_t>(offset), size, nullptr, 0);
  }
  ssize_t Pread(int fd, void* data, size_t size, uint64_t offset) {
    counters_.Count(Sys::kPread64);
    return ::pread(fd, data, size, static_cast<off_t>(offset));
  }
  ssize_t Pwrite(int fd, const void* data, size_t size, uint64_t offset) {
    counters_.Count(Sys::kPwrite64);
    return ::pwrite(fd, data, size, static_cast<off_t>(offset));
  }
  int Open(int folder, const char* path, int flags, mode_t mode = 0) {
    counters_.Count(Sys::kOpenat);
    return ::openat(folder, path, flags, mode);
  }
  /** O_NONBLOCK: a FIFO that has taken the file's place must not hold the thread. */
  int OpenSource(const std::string& path) {
    return Open(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  }
  /** `through`: each write reaches the drive before it returns. `exclusive`: EEXIST where it is. */
  int OpenStaging(int folder, const std::string& name, bool through, bool exclusive) {
    const int made = O_CREAT | (exclusive ? O_EXCL : O_TRUNC);
    const int flags = made | O_RDWR | O_CLOEXEC | O_NOFOLLOW | (through ? O_SYNC : 0);
    return Open(folder, name.c_str(), flags, 0600);
  }
  /** fclonefileat of clonefile(2): the new file shares the source's blocks, and is the caller's as any other is. */
  int Clone(int source, int folder, const char* name) {
    counters_.Count(Sys::kIoctl);
    return ::fclonefileat(source, folder, name, CLONE_NOOWNERCOPY);
  }
  int CloseSocket(int fd) { return Close(fd); }
  /** A folder below another in one call, where the system has it (HasOpenBeneath). */
  int OpenBelow(int folder, const std::string& path, int flags) {
    counters_.Count(Sys::kOpenat);
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
  /** Size and time of an open file; -1 with errno where fstat fails. */
  int Facts(int fd, FileFacts* facts) {
    counters_.Count(Sys::kStatx);
    struct stat found {};
    if (::fstat(fd, &found) != 0) return -1;
    facts->regular = S_ISREG(found.st_mode);
    facts->size = static_cast<uint64_t>(found.st_size);
    facts->device = static_cast<uint64_t>(found.st_dev);
    facts->mtimeNs = int64_t{found.st_mtimespec.tv_sec} * 1000000000 + found.st_mtimespec.tv_nsec;
    return 0;
  }
  /**
   * Gives a new file its size, and the blocks of its first range with it, so that a full disk is ENOSPC here for all but
   * large files. More is not asked for: F_PREALLOCATE counts from the file's end and would fill the holes of a sparse one.
   */
  int Truncate(int fd, uint64_t size) {
    if (Reserve(fd, std::min(size, kReserved)) != 0 && errno == ENOSPC) return -1;
    counters_.Count(Sys::kFtruncate);
    return ::ftruncate(fd, static_cast<off_t>(size));
  }
  /** F_NOCACHE: what is read and written through this descriptor is not kept in the page cache. */
  int SetNoCache(int fd, bool on) {
    counters_.Count(Sys::kFcntl);
    return ::fcntl(fd, F_NOCACHE, on ? 1 : 0);
  }
  int64_t Seek(int fd, uint64_t offset, int whence) {
    counters_.Count(Sys::kLseek);
    return ::lseek(fd, static_cast<off_t>(offset), whence);
  }
  int Poll(pollfd* fds, nfds_t count, int timeoutMs) {
    counters_.Count(Sys::kPpoll);
    return ::poll(fds, count, timeoutMs);
  }
  void* Map(int fd, size_t size, uint64_t offset) {
    counters_.Count(Sys::kMmap);
    return ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
  }
  int Unmap(void* at, size_t size) {
    counters_.Count(Sys::kMunmap);
    return ::munmap(at, size);
  }
  /** Nothing enters all pages in the page table at once here. */
  int Prepare(void* at, size_t size, MapOption option) {
    switch (option) {
      case MapOption::kSequential:
        return Advise(at, size, MADV_SEQUENTIAL);
      case MapOption::kWillNeed:
        return Advise(at, size, MADV_WILLNEED);
      case MapOption::kLock:
        counters_.Count(Sys::kMlock);
        return ::mlock(at, size);
      case MapOption::kPopulate:
        break;
    }
    errno = EOPNOTSUPP;
    return -1;
  }
  /** Nothing does that here: the pages come by faults. */
  int PopulateToWrite(void* /*at*/, size_t /*size*/) { return 0; }
  int SetOption(int fd, int level, int name, int value) {
    counters_.Count(Sys::kSetsockopt);
    return ::setsockopt(fd, level, name, &value, sizeof value);
  }
  /** False for a local pair. */
  bool IsTcp(int fd) {
    counters_.Count(Sys::kGetsockopt);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    return ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family != AF_UNIX;
  }
  int Shutdown(int fd, int how) {
    counters_.Count(Sys::kShutdown);
    return ::shutdown(fd, how);
  }
  /** Nothing starts write-back of a range here but fsync, which gives the data to the drive. */
  int StartWriteBack(int fd) {
    counters_.Count(Sys::kSyncFileRange);
    return ::fsync(fd);
  }

 private:
  // One range of the wire, which is whole data or whole hole.
  static constexpr uint64_t kReserved = 8ull << 20;

  /** F_PREALLOCATE: in one piece, else wherever there is room. A file system may have none of it. */
  int Reserve(int fd, uint64_t size) {
    fstore_t store{F_ALLOCATECONTIG | F_ALLOCATEALL, F_PEOFPOSMODE, 0, static_cast<off_t>(size), 0};
    counters_.Count(Sys::kFallocate);
    if (::fcntl(fd, F_PREALLOCATE, &store) == 0) return 0;
    store.fst_flags = F_ALLOCATEALL;
    counters_.Count(Sys::kFallocate);
    return ::fcntl(fd, F_PREALLOCATE, &store);
  }

  int Advise(void* at, size_t size, int advice) {
    counters_.Count(Sys::kMadvise);
    return ::madvise(at, size, advice);
  }

  Counters& counters_;
};

}  // namespace penstock
