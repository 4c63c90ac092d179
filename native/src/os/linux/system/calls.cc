#include "system/calls.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "errors/errors.h"
#include "os/linux/system/linux_calls.h"
#include "os/linux/techniques/direct_support.h"

// Since Linux 5.14; older headers do not name it.
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
// Since Linux 6.14; older headers do not name it.
#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x80
#endif

namespace penstock {
namespace {

int Unsupported() {
  errno = EOPNOTSUPP;
  return -1;
}

// By its entry in /proc: the name of the file may have changed.
int OpenDirect(Calls& calls, int file, int flags) {
  const std::string self = "/proc/self/fd/" + std::to_string(file);
  return PosixCalls(calls).Open(AT_FDCWD, self.c_str(), flags | O_DIRECT | O_CLOEXEC | O_NONBLOCK);
}

// The system call itself: the C library would replace it by another one, which is not counted.
int StatxOf(int file, struct statx* found) {
  constexpr unsigned kWanted = STATX_TYPE | STATX_MODE | STATX_SIZE | STATX_MTIME;
  return static_cast<int>(::syscall(SYS_statx, file, "", AT_EMPTY_PATH, kWanted, found));
}

int FactsByFstat(Counters& counters, int file, FileFacts* facts) {
  counters.Count(Sys::kFstat);
  struct stat found {};
  if (::fstat(file, &found) != 0) return -1;
  facts->regular = S_ISREG(found.st_mode);
  facts->device = (uint64_t{major(found.st_dev)} << 32) | minor(found.st_dev);
  facts->size = static_cast<uint64_t>(found.st_size);
  facts->permissions = found.st_mode & 07777u;
  facts->modified = {found.st_mtim.tv_sec, static_cast<int32_t>(found.st_mtim.tv_nsec)};
  facts->mtimeNs = NanosecondsOf(facts->modified);
  return 0;
}

}  // namespace

const char* const kDirectFlag = "O_DIRECT";
const char* const kUncachedFlag = "RWF_DONTCACHE";

ssize_t Calls::Send(Descriptor socket, const void* data, size_t size, bool more) {
  return LinuxCalls(*this).SendFlagged(socket, data, size, more ? MSG_MORE : 0);
}

ssize_t Calls::SendVector(Descriptor socket, iovec* parts, size_t count) {
  counters_.Count(Sys::kSendmsg);
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int Calls::Poll(pollfd* fds, size_t count, int timeoutMs) {
  counters_.Count(Sys::kPpoll);
  timespec timeout{timeoutMs / 1000, (timeoutMs % 1000) * 1000000L};
  return ::ppoll(fds, count, timeoutMs < 0 ? nullptr : &timeout, nullptr);
}

bool Calls::IsTcp(Descriptor socket) {
  counters_.Count(Sys::kGetsockopt);
  int domain = 0;
  socklen_t size = sizeof domain;
  return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain != AF_UNIX;
}

Descriptor Calls::OpenStaging(Descriptor folder, const std::string& name, bool through, bool exclusive) {
  const int made = O_CREAT | (exclusive ? O_EXCL : O_TRUNC);
  const int flags = made | O_RDWR | O_CLOEXEC | O_NOFOLLOW | (through ? O_DSYNC : 0);
  return PosixCalls(*this).Open(folder, name.c_str(), flags, 0600);
}

// One more call: fstatfs, and for a write fcntl.
Descriptor Calls::OpenDirectToRead(Descriptor file) {
  if (BuffersDirect(counters_, file, false)) return Unsupported();
  return OpenDirect(*this, file, O_RDONLY);
}

// O_DSYNC belongs to the descriptor, not to the file.
Descriptor Calls::OpenDirectToWrite(Descriptor file) {
  if (BuffersDirect(counters_, file, true)) return Unsupported();
  counters_.Count(Sys::kFcntl);
  const int flags = ::fcntl(file, F_GETFL);
  return flags < 0 ? -1 : OpenDirect(*this, file, O_WRONLY | (flags & O_DSYNC));
}

int Calls::Facts(Descriptor file, FileFacts* facts) {
  static std::atomic<bool> missing{false};
  if (missing) return FactsByFstat(counters_, file, facts);
  counters_.Count(Sys::kStatx);
  struct statx found {};
  if (StatxOf(file, &found) != 0) {
    if (!IsUnsupportedErrno(errno)) return -1;
    missing = true;
    return FactsByFstat(counters_, file, facts);
  }
  facts->regular = S_ISREG(found.stx_mode);
  facts->device = (static_cast<uint64_t>(found.stx_dev_major) << 32) | found.stx_dev_minor;
  facts->size = found.stx_size;
  facts->permissions = found.stx_mode & 07777u;
  facts->modified = {found.stx_mtime.tv_sec, static_cast<int32_t>(found.stx_mtime.tv_nsec)};
  facts->mtimeNs = NanosecondsOf(facts->modified);
  return 0;
}

int Calls::Truncate(Descriptor file, uint64_t size) {
  counters_.Count(Sys::kFtruncate);
  return ::ftruncate(file, static_cast<off_t>(size));
}

int Calls::Allocate(Descriptor file, uint64_t offset, uint64_t size) {
  counters_.Count(Sys::kFallocate);
  return ::fallocate(file, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(size));
}

ssize_t Calls::PreadUncached(Descriptor file, void* data, size_t size, uint64_t offset) {
  counters_.Count(Sys::kPreadv2);
  const iovec part{data, size};
  return ::preadv2(file, &part, 1, static_cast<off_t>(offset), RWF_DONTCACHE);
}

ssize_t Calls::PwriteUncached(Descriptor file, const void* data, size_t size, uint64_t offset) {
  counters_.Count(Sys::kPwritev2);
  const iovec part{const_cast<void*>(data), size};
  return ::pwritev2(file, &part, 1, static_cast<off_t>(offset), RWF_DONTCACHE);
}

int Calls::StartWriteBack(Descriptor file) {
  counters_.Count(Sys::kSyncFileRange);
  return ::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int PosixCalls::PopulateToRead(void* at, size_t size) { return Advise(at, size, MADV_POPULATE_READ); }

int Calls::PopulateToWrite(void* at, size_t size) { return PosixCalls(*this).Advise(at, size, MADV_POPULATE_WRITE); }

ssize_t LinuxCalls::SendFlagged(int socket, const void* data, size_t size, int flags) {
  counters_.Count(Sys::kSendto);
  return ::send(socket, data, size, flags | MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t LinuxCalls::ReceiveError(int socket, msghdr* message) {
  counters_.Count(Sys::kRecvmsg);
  return ::recvmsg(socket, message, MSG_ERRQUEUE | MSG_DONTWAIT);
}

int LinuxCalls::TakeError(int socket) {
  counters_.Count(Sys::kGetsockopt);
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

ssize_t LinuxCalls::Sendfile(int target, int file, off_t* offset, size_t size) {
  counters_.Count(Sys::kSendfile);
  return ::sendfile(target, file, offset, size);
}

ssize_t LinuxCalls::Splice(int from, int to, loff_t* toOffset, size_t size, unsigned flags) {
  counters_.Count(Sys::kSplice);
  return ::splice(from, nullptr, to, toOffset, size, flags);
}

ssize_t LinuxCalls::SpliceFrom(int from, loff_t* fromOffset, int to, size_t size, unsigned flags) {
  counters_.Count(Sys::kSplice);
  return ::splice(from, fromOffset, to, nullptr, size, flags);
}

ssize_t LinuxCalls::CopyFileRange(int from, loff_t* fromOffset, int to, loff_t* toOffset, size_t size) {
  counters_.Count(Sys::kCopyFileRange);
  return ::copy_file_range(from, fromOffset, to, toOffset, size, 0);
}

int LinuxCalls::Clone(int target, int source) {
  counters_.Count(Sys::kIoctl);
  return ::ioctl(target, FICLONE, source);
}

ssize_t LinuxCalls::Read(int fd, void* data, size_t size) {
  counters_.Count(Sys::kRead);
  return ::read(fd, data, size);
}

int LinuxCalls::Pipe(int fds[2]) {
  counters_.Count(Sys::kPipe2);
  return ::pipe2(fds, O_CLOEXEC | O_NONBLOCK);
}

int LinuxCalls::SetPipeSize(int fd, int bytes) {
  counters_.Count(Sys::kFcntl);
  return ::fcntl(fd, F_SETPIPE_SZ, bytes);
}

}  // namespace penstock
