#include <algorithm>
#include <cerrno>
#include <chrono>

#include "connection/addresses.h"
#include "connection/socket.h"
#include "connection/sockets.h"
#include "os/windows/connection/event.h"
#include "os/windows/errors/system_errors.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

// Waits for the event, which was selected for the socket before, and returns what has happened.
WSANETWORKEVENTS WaitFor(Descriptor socket, const UniqueFd& event, Clock::time_point deadline, Wake& wake,
                         const char* syscall) {
  const HANDLE handles[] = {HandleOf(wake.fd()), HandleOf(event.get())};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  const DWORD answer = ::WaitForMultipleObjects(2, handles, FALSE, static_cast<DWORD>(std::max<int64_t>(left, 0)));
  if (answer == WAIT_OBJECT_0) throw SystemError(ECANCELED, syscall);
  if (answer == WAIT_TIMEOUT) throw SystemError(ETIMEDOUT, syscall);
  WSANETWORKEVENTS happened{};
  ::WSAEnumNetworkEvents(socket, handles[1], &happened);
  return happened;
}

void Select(Descriptor socket, const UniqueFd& event, long events, const char* syscall) {
  if (::WSAEventSelect(socket, HandleOf(event.get()), events) == 0) return;
  FailWithSocketError();
  throw SystemError(errno, syscall);
}

void WaitUntil(Descriptor socket, long events, Clock::time_point deadline, Wake& wake, const char* syscall) {
  const UniqueFd event = MakeEvent();
  Select(socket, event, events, syscall);
  WaitFor(socket, event, deadline, wake, syscall);
  ::WSAEventSelect(socket, nullptr, 0);
}

UniqueSocket ConnectTo(const addrinfo& address, Clock::time_point deadline, Wake& wake) {
  UniqueSocket socket = MakeSocket(address.ai_family);
  if (!socket.valid()) throw SystemError(errno, "socket");
  // Selected before the call: a connection within the machine may be established when connect returns.
  const UniqueFd event = MakeEvent();
  Select(socket.get(), event, FD_CONNECT, "connect");
  if (::connect(socket.get(), address.ai_addr, static_cast<int>(address.ai_addrlen)) != 0) {
    if (::WSAGetLastError() != WSAEWOULDBLOCK) {
      FailWithSocketError();
      throw SystemError(errno, "connect");
    }
    const auto happened = WaitFor(socket.get(), event, deadline, wake, "connect");
    const int error = happened.iErrorCode[FD_CONNECT_BIT];
    if (error != 0) throw SystemError(ErrnoOf(static_cast<DWORD>(error)), "connect");
  }
  ::WSAEventSelect(socket.get(), nullptr, 0);
  return socket;
}

// True if the call must be repeated once the socket is ready.
bool WouldBlock(const char* syscall) {
  if (::WSAGetLastError() == WSAEWOULDBLOCK) return true;
  FailWithSocketError();
  throw SystemError(errno, syscall);
}

}  // namespace

Connected ConnectAndGreet(const ConnectOptions& options, Wake& wake) {
  StartSockets();
  const auto deadline = Clock::now() + std::chrono::milliseconds(options.timeoutMs);
  const AddressList list = Resolve(options.host, options.port);
  if (list == nullptr) throw SystemError(EHOSTUNREACH, "getaddrinfo");
  Connected result;
  result.socket = ConnectTo(*list, deadline, wake);
  const Descriptor fd = result.socket.get();
  for (size_t done = 0; done < options.preamble.size();) {
    const auto* const from = reinterpret_cast<const char*>(options.preamble.data()) + done;
    const int sent = ::send(fd, from, static_cast<int>(options.preamble.size() - done), 0);
    if (sent > 0) done += static_cast<size_t>(sent);
    else if (WouldBlock("send")) WaitUntil(fd, FD_WRITE | FD_CLOSE, deadline, wake, "send");
  }
  for (size_t done = 0; done < result.hello.size();) {
    auto* const to = reinterpret_cast<char*>(result.hello.data()) + done;
    const int got = ::recv(fd, to, static_cast<int>(result.hello.size() - done), 0);
    if (got == 0) throw SystemError(ECONNRESET, "recv");
    if (got > 0) done += static_cast<size_t>(got);
    else if (WouldBlock("recv")) WaitUntil(fd, FD_READ | FD_CLOSE, deadline, wake, "recv");
  }
  result.localAddress = LocalAddress(fd);
  return result;
}

}  // namespace penstock
