// Flags that other systems take with the call are set afterwards, and SIGPIPE is turned off for the socket.
#include "connection/sockets.h"

#include <cerrno>

namespace penstock {
namespace {

UniqueSocket Prepared(UniqueSocket socket) {
  const int on = 1;
  if (!socket.valid()) return socket;
  if (::fcntl(socket.get(), F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(socket.get(), F_SETFL, O_NONBLOCK) == 0 &&
      ::setsockopt(socket.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0) {
    return socket;
  }
  const int error = errno;
  socket.reset();
  errno = error;
  return socket;
}

}  // namespace

UniqueSocket MakeSocket(int family) { return Prepared(UniqueSocket(::socket(family, SOCK_STREAM, 0))); }

UniqueSocket AcceptConnection(Descriptor listener) {
  return Prepared(UniqueSocket(::accept(listener, nullptr, nullptr)));
}

std::pair<UniqueSocket, UniqueSocket> MakeSocketPair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return {};
  UniqueSocket second(ends[1]);
  return {Prepared(UniqueSocket(ends[0])), Prepared(std::move(second))};
}

ssize_t SendBytes(Descriptor socket, const void* data, size_t size) { return ::send(socket, data, size, 0); }

}  // namespace penstock
