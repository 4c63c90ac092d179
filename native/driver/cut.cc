#include "cut.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>

namespace driver {
namespace {

std::atomic<int> cutFd{-1};
std::atomic<bool> reached{false};
std::mutex mutex;
// Guarded by the mutex.
uint64_t limit = kUncut;
uint64_t taken = 0;
std::vector<uint64_t> writes;

/** How much of a write may pass. */
size_t Allowed(size_t size) {
  const std::lock_guard<std::mutex> lock(mutex);
  const uint64_t left = limit == kUncut ? size : limit - taken;
  if (left == 0 && size > 0) reached = true;
  return static_cast<size_t>(std::min<uint64_t>(left, size));
}

ssize_t Note(ssize_t sent) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (sent > 0) {
    taken += static_cast<uint64_t>(sent);
    writes.push_back(taken);
  }
  return sent;
}

ssize_t Refuse() {
  errno = EAGAIN;
  return -1;
}

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

Cut::Cut(int fd, uint64_t bytes) {
  {
    const std::lock_guard<std::mutex> lock(mutex);
    limit = bytes;
    taken = 0;
    writes.clear();
  }
  reached = false;
  cutFd = fd;
}

Cut::~Cut() {
  cutFd = -1;
  Lift();
}

void Cut::Lift() {
  const std::lock_guard<std::mutex> lock(mutex);
  limit = kUncut;
}

bool Cut::IsReached() const { return reached; }

void Cut::Sleep() const { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

std::vector<uint64_t> Cut::Writes() const {
  const std::lock_guard<std::mutex> lock(mutex);
  return writes;
}

}  // namespace driver

// Replace libc's in the whole driver.
extern "C" {

ssize_t send(int fd, const void* data, size_t size, int flags) {
  static const auto next = driver::Next<decltype(::send)>("send");
  if (fd != driver::cutFd) return next(fd, data, size, flags);
  const size_t allowed = driver::Allowed(size);
  return allowed == 0 ? driver::Refuse() : driver::Note(next(fd, data, allowed, flags));
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static const auto next = driver::Next<decltype(::sendmsg)>("sendmsg");
  if (fd != driver::cutFd) return next(fd, message, flags);
  std::vector<iovec> parts(message->msg_iov, message->msg_iov + message->msg_iovlen);
  size_t size = 0;
  for (const iovec& part : parts) size += part.iov_len;
  const size_t allowed = driver::Allowed(size);
  if (allowed == 0) return driver::Refuse();
  size_t left = allowed;
  for (iovec& part : parts) {
    part.iov_len = std::min(part.iov_len, left);
    left -= part.iov_len;
  }
  msghdr cut = *message;
  cut.msg_iov = parts.data();
  return driver::Note(next(fd, &cut, flags));
}

ssize_t sendfile(int fd, int file, off_t* offset, size_t size) {
  static const auto next = driver::Next<ssize_t(int, int, off_t*, size_t)>("sendfile64");
  if (fd != driver::cutFd) return next(fd, file, offset, size);
  const size_t allowed = driver::Allowed(size);
  return allowed == 0 ? driver::Refuse() : driver::Note(next(fd, file, offset, allowed));
}

ssize_t splice(int from, off_t* fromOffset, int to, off_t* toOffset, size_t size, unsigned flags) {
  static const auto next = driver::Next<ssize_t(int, off_t*, int, off_t*, size_t, unsigned)>("splice");
  if (to != driver::cutFd) return next(from, fromOffset, to, toOffset, size, flags);
  const size_t allowed = driver::Allowed(size);
  return allowed == 0 ? driver::Refuse() : driver::Note(next(from, fromOffset, to, toOffset, allowed, flags));
}
}
