#include "connection/sockets.h"

#include <algorithm>
#include <cerrno>

#include "connection/socket.h"
#include "os/windows/connection/event.h"
#include "os/windows/errors/system_errors.h"

namespace penstock {
namespace {

UniqueSocket MadeNonBlocking(UniqueSocket socket) {
  u_long on = 1;
  if (!socket.valid() || ::ioctlsocket(socket.get(), static_cast<long>(FIONBIO), &on) != 0) {
    FailWithSocketError();
    socket.reset();
  }
  return socket;
}

}  // namespace

void StartSockets() {
  static const int started = [] {
    WSADATA data{};
    return ::WSAStartup(MAKEWORD(2, 2), &data);
  }();
  if (started != 0) throw SystemError(ErrnoOf(static_cast<DWORD>(started)), "WSAStartup");
}

// Overlapped, for TransmitFile.
UniqueSocket MakeSocket(int family) {
  StartSockets();
  constexpr DWORD kFlags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  return MadeNonBlocking(UniqueSocket(::WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, kFlags)));
}

// SO_REUSEADDR would let another program listen on the same port: SO_EXCLUSIVEADDRUSE is the option that prevents it.
UniqueSocket MakeListenerSocket(int family) {
  UniqueSocket socket = MakeSocket(family);
  const DWORD on = 1;
  if (socket.valid()) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&on), sizeof on);
  }
  return socket;
}

UniqueSocket AcceptConnection(Descriptor listener) {
  UniqueSocket socket(::accept(listener, nullptr, nullptr));
  if (!socket.valid()) {
    FailWithSocketError();
    return socket;
  }
  ::SetHandleInformation(HandleOf(socket.get()), HANDLE_FLAG_INHERIT, 0);
  return MadeNonBlocking(std::move(socket));
}

// Windows has no number by which a program can take over a socket; a connection to a data port replaces the pair.
std::pair<UniqueSocket, UniqueSocket> MakeSocketPair() {
  errno = ENOSYS;
  return {};
}

int SocketErrno() {
  FailWithSocketError();
  return errno;
}

ssize_t SendBytes(Descriptor socket, const void* data, size_t size) {
  const int sent = ::send(socket, static_cast<const char*>(data), static_cast<int>(size), 0);
  return sent == SOCKET_ERROR ? FailWithSocketError() : sent;
}

ssize_t ReceiveBytes(Descriptor socket, void* data, size_t size) {
  const int got = ::recv(socket, static_cast<char*>(data), static_cast<int>(size), 0);
  return got == SOCKET_ERROR ? FailWithSocketError() : got;
}

UniqueFd MakeEvent() {
  const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (event == nullptr) throw SystemError(ErrnoOf(::GetLastError()), "CreateEvent");
  return UniqueFd(DescriptorOf(event));
}

}  // namespace penstock
