#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "connection/addresses.h"
#include "connection/socket.h"
#include "connection/sockets.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

void WaitFor(int socket, short events, Clock::time_point deadline, Wake& wake, const char* syscall) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) throw SystemError(ETIMEDOUT, syscall);
    pollfd fds[2] = {{socket, events, 0}, {wake.fd(), POLLIN, 0}};
    const int ready = ::poll(fds, 2, static_cast<int>(std::min<int64_t>(left, 60000)));
    if (ready < 0 && errno != EINTR) throw SystemError(errno, "poll");
    if (ready > 0 && fds[1].revents != 0) throw SystemError(ECANCELED, syscall);
    if (ready > 0 && fds[0].revents != 0) return;
  }
}

UniqueSocket ConnectTo(const addrinfo& address, Clock::time_point deadline, Wake& wake) {
  UniqueSocket socket = MakeSocket(address.ai_family);
  if (!socket.valid()) throw SystemError(errno, "socket");
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) throw SystemError(errno, "connect");
  WaitFor(socket.get(), POLLOUT, deadline, wake, "connect");
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) throw SystemError(error, "connect");
  return socket;
}

}  // namespace

Connected ConnectAndGreet(const ConnectOptions& options, Wake& wake) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(options.timeoutMs);
  const AddressList list = Resolve(options.host, options.port);
  if (list == nullptr) throw SystemError(EHOSTUNREACH, "getaddrinfo");
  Connected result;
  result.socket = ConnectTo(*list, deadline, wake);
  const int fd = result.socket.get();
  for (size_t done = 0; done < options.preamble.size();) {
    const ssize_t sent = SendBytes(fd, options.preamble.data() + done, options.preamble.size() - done);
    if (sent > 0) done += static_cast<size_t>(sent);
    if (sent < 0 && errno == EAGAIN) WaitFor(fd, POLLOUT, deadline, wake, "send");
    else if (sent < 0 && errno != EINTR) throw SystemError(errno, "send");
  }
  for (size_t done = 0; done < result.hello.size();) {
    const ssize_t got = ReceiveBytes(fd, result.hello.data() + done, result.hello.size() - done);
    if (got > 0) done += static_cast<size_t>(got);
    if (got == 0) throw SystemError(ECONNRESET, "recv");
    if (got < 0 && errno == EAGAIN) WaitFor(fd, POLLIN, deadline, wake, "recv");
    else if (got < 0 && errno != EINTR) throw SystemError(errno, "recv");
  }
  result.localAddress = LocalAddress(fd);
  return result;
}

}  // namespace penstock
