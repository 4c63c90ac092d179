// Poll, by an event for the socket: WaitForMultipleObjects waits for that, for a Wake and for the kernel's own events.
#include "os/windows/errors/system_errors.h"
#include "os/windows/system/windows_calls.h"

namespace penstock {
namespace {

short SocketEvents(Counters& counters, Calls::PollState& state, Descriptor socket, short wanted) {
  counters.Count(Sys::kWSAEnumNetworkEvents);
  WSANETWORKEVENTS events{};
  if (::WSAEnumNetworkEvents(socket, HandleOf(state.ready.get()), &events) != 0) return POLLHUP;
  int found = 0;
  if ((events.lNetworkEvents & FD_READ) != 0) found |= POLLIN;
  if ((events.lNetworkEvents & FD_WRITE) != 0) found |= POLLOUT;
  if ((events.lNetworkEvents & FD_CLOSE) != 0) {
    state.sawEnd = true;
    if (events.iErrorCode[FD_CLOSE_BIT] != 0) found |= POLLHUP;
    else if ((wanted & POLLIN) != 0) found |= POLLIN;
  }
  return static_cast<short>(found);
}

}  // namespace

int Calls::Poll(pollfd* fds, size_t count, int timeoutMs) {
  const short wanted = fds[0].events;
  long mask = (wanted & POLLOUT) != 0 ? FD_WRITE : 0;
  if ((wanted & POLLIN) != 0) mask |= FD_READ | FD_CLOSE;
  else if (!poll_->sawEnd) mask |= FD_CLOSE;
  // A new selection reports what is already true, not only changes.
  counters_.Count(Sys::kWSAEventSelect);
  if (::WSAEventSelect(fds[0].fd, HandleOf(poll_->ready.get()), mask) != 0) return FailWithSocketError();
  HANDLE handles[3] = {HandleOf(poll_->ready.get())};
  DWORD size = 1;
  if (count > 1) handles[size++] = HandleOf(fds[1].fd);
  if (poll_->kernel != nullptr) handles[size++] = poll_->kernel;
  counters_.Count(Sys::kWaitForMultipleObjects);
  const DWORD limit = timeoutMs < 0 ? INFINITE : static_cast<DWORD>(timeoutMs);
  const DWORD answer = ::WaitForMultipleObjects(size, handles, FALSE, limit);
  if (answer == WAIT_FAILED) return FailWithLastError();
  if (answer == WAIT_TIMEOUT) return 0;
  int found = SocketEvents(counters_, *poll_, fds[0].fd, wanted);
  if (poll_->kernel != nullptr && ::WaitForSingleObject(poll_->kernel, 0) == WAIT_OBJECT_0) found |= POLLERR;
  fds[0].revents = static_cast<short>(found);
  int ready = found != 0 ? 1 : 0;
  if (count > 1 && ::WaitForSingleObject(HandleOf(fds[1].fd), 0) == WAIT_OBJECT_0) {
    fds[1].revents = POLLIN;
    ready += 1;
  }
  return ready;
}

}  // namespace penstock
