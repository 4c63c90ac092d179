#include "system/wake.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace penstock {

Wake::Wake() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_.valid()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Wake::Signal() {
  const uint64_t one = 1;
  // It can only fail when the counter is full, and then the thread is woken already.
  [[maybe_unused]] const ssize_t written = ::write(fd_.get(), &one, sizeof one);
}

void Wake::Clear() {
  uint64_t value = 0;
  [[maybe_unused]] const ssize_t got = ::read(fd_.get(), &value, sizeof value);
}

}  // namespace penstock
