// The names that are counted are those of the engine's table; this system has no strace to compare them with.
#include "system/calls.h"

#include <sys/clonefile.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "os/macos/system/mac_calls.h"

namespace penstock {
namespace {

// One range of the wire, which is all data or all hole.
constexpr uint64_t kReserved = 8ull << 20;

int Unsupported() {
  errno = EOPNOTSUPP;
  return -1;
}

// F_PREALLOCATE: in one piece, else in several.
int Reserve(Counters& counters, int file, uint64_t size) {
  fstore_t store{F_ALLOCATECONTIG | F_ALLOCATEALL, F_PEOFPOSMODE, 0, static_cast<off_t>(size), 0};
  counters.Count(Sys::kFallocate);
  if (::fcntl(file, F_PREALLOCATE, &store) == 0) return 0;
  store.fst_flags = F_ALLOCATEALL;
  counters.Count(Sys::kFallocate);
  return ::fcntl(file, F_PREALLOCATE, &store);
}

}  // namespace

const char* const kDirectFlag = "F_NOCACHE";
const char* const kUncachedFlag = "F_NOCACHE";

// There is no MSG_MORE. Sockets have SO_NOSIGPIPE (sockets.h).
ssize_t Calls::Send(Descriptor socket, const void* data, size_t size, bool /*more*/) {
  counters_.Count(Sys::kSendto);
  return ::send(socket, data, size, MSG_DONTWAIT);
}

ssize_t Calls::SendVector(Descriptor socket, iovec* parts, size_t count) {
  counters_.Count(Sys::kSendmsg);
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = static_cast<int>(count);
  return ::sendmsg(socket, &message, MSG_DONTWAIT);
}

int Calls::Poll(pollfd* fds, size_t count, int timeoutMs) {
  counters_.Count(Sys::kPpoll);
  return ::poll(fds, static_cast<nfds_t>(count), timeoutMs);
}

bool Calls::IsTcp(Descriptor socket) {
  counters_.Count(Sys::kGetsockopt);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  return ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family != AF_UNIX;
}

Descriptor Calls::OpenStaging(Descriptor folder, const std::string& name, bool through, bool exclusive) {
  const int made = O_CREAT | (exclusive ? O_EXCL : O_TRUNC);
  const int flags = made | O_RDWR | O_CLOEXEC | O_NOFOLLOW | (through ? O_SYNC : 0);
  return PosixCalls(*this).Open(folder, name.c_str(), flags, 0600);
}

// There is no flag of open(2): `direct` sets F_NOCACHE on the descriptor that it has (MacCalls::SetNoCache).
Descriptor Calls::OpenDirectToRead(Descriptor /*file*/) { return Unsupported(); }
Descriptor Calls::OpenDirectToWrite(Descriptor /*file*/) { return Unsupported(); }

// F_NOCACHE holds for the descriptor, not for a call: `direct` sets it.
ssize_t Calls::PreadUncached(Descriptor /*file*/, void* /*data*/, size_t /*size*/, uint64_t /*offset*/) {
  return Unsupported();
}
ssize_t Calls::PwriteUncached(Descriptor /*file*/, const void* /*data*/, size_t /*size*/, uint64_t /*offset*/) {
  return Unsupported();
}

int Calls::Facts(Descriptor file, FileFacts* facts) {
  counters_.Count(Sys::kStatx);
  struct stat found {};
  if (::fstat(file, &found) != 0) return -1;
  facts->regular = S_ISREG(found.st_mode);
  facts->device = static_cast<uint64_t>(found.st_dev);
  facts->size = static_cast<uint64_t>(found.st_size);
  facts->permissions = found.st_mode & 07777u;
  facts->modified = {found.st_mtimespec.tv_sec, static_cast<int32_t>(found.st_mtimespec.tv_nsec)};
  facts->mtimeNs = NanosecondsOf(facts->modified);
  return 0;
}

// Allocates the blocks of the first range too, so that a full disk is ENOSPC here for all but large files. More would
// fill the holes of a sparse file: F_PREALLOCATE counts from the end of the file.
int Calls::Truncate(Descriptor file, uint64_t size) {
  if (Reserve(counters_, file, std::min(size, kReserved)) != 0 && errno == ENOSPC) return -1;
  counters_.Count(Sys::kFtruncate);
  return ::ftruncate(file, static_cast<off_t>(size));
}

int Calls::Allocate(Descriptor /*file*/, uint64_t /*offset*/, uint64_t /*size*/) { return Unsupported(); }

// Only fsync(2) starts write-back, and it waits until the drive has the data.
int Calls::StartWriteBack(Descriptor file) {
  counters_.Count(Sys::kSyncFileRange);
  return ::fsync(file);
}

int PosixCalls::PopulateToRead(void* /*at*/, size_t /*size*/) { return Unsupported(); }

int Calls::PopulateToWrite(void* /*at*/, size_t /*size*/) { return 0; }

int MacCalls::Sendfile(int file, int socket, uint64_t offset, off_t* size) {
  counters_.Count(Sys::kSendfile);
  return ::sendfile(file, socket, static_cast<off_t>(offset), size, nullptr, 0);
}

int MacCalls::Clone(int source, int folder, const char* name) {
  counters_.Count(Sys::kIoctl);
  return ::fclonefileat(source, folder, name, CLONE_NOOWNERCOPY);
}

int MacCalls::SetNoCache(int fd) {
  counters_.Count(Sys::kFcntl);
  return ::fcntl(fd, F_NOCACHE, 1);
}

}  // namespace penstock
