// A kqueue with a user event: this system has no eventfd.
#include "system/wake.h"

#include <sys/event.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace penstock {
namespace {

constexpr uintptr_t kIdent = 1;

int Change(int queue, uint16_t flags, uint32_t filterFlags) {
  const struct kevent change { kIdent, EVFILT_USER, flags, filterFlags, 0, nullptr };
  return ::kevent(queue, &change, 1, nullptr, 0, nullptr);
}

}  // namespace

Wake::Wake() : fd_(::kqueue()) {
  // EV_CLEAR: taken once, it is quiet until the next Signal.
  if (!fd_.valid() || Change(fd_.get(), EV_ADD | EV_CLEAR, NOTE_FFNOP) != 0) {
    throw std::system_error(errno, std::generic_category(), "kqueue");
  }
}

void Wake::Signal() { Change(fd_.get(), 0, NOTE_TRIGGER); }

void Wake::Clear() {
  struct kevent taken {};
  const timespec now{0, 0};
  ::kevent(fd_.get(), nullptr, 0, &taken, 1, &now);
}

}  // namespace penstock
