// What Linux and macOS do alike. The rest is in os/linux/connection/sockets.cc and os/macos/connection/sockets.cc.
#include "connection/sockets.h"

#include <cerrno>

namespace penstock {

void StartSockets() {}

UniqueSocket MakeListenerSocket(int family) {
  UniqueSocket socket = MakeSocket(family);
  const int on = 1;
  if (socket.valid()) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return socket;
}

int SocketErrno() { return errno; }

ssize_t ReceiveBytes(Descriptor socket, void* data, size_t size) { return ::recv(socket, data, size, 0); }

}  // namespace penstock
