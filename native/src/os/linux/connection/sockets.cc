#include "connection/sockets.h"

namespace penstock {

UniqueSocket MakeSocket(int family) {
  return UniqueSocket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

UniqueSocket AcceptConnection(Descriptor listener) {
  return UniqueSocket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

std::pair<UniqueSocket, UniqueSocket> MakeSocketPair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return {};
  return {UniqueSocket(ends[0]), UniqueSocket(ends[1])};
}

ssize_t SendBytes(Descriptor socket, const void* data, size_t size) { return ::send(socket, data, size, MSG_NOSIGNAL); }

}  // namespace penstock
