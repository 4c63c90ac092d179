// Descriptors of sockets as this system makes them: closed on exec, non-blocking, silent when the peer is gone.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/unique_fd.h"

namespace penstock {

/** SO_NOSIGPIPE is a property of the socket here, so that calls need no flag. */
constexpr int kSendFlags = 0;

/** What other systems take as flags of the call that makes the socket. Invalid with errno where a step fails. */
inline UniqueFd Prepared(UniqueFd socket) {
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

/** An invalid descriptor with errno where it fails. */
inline UniqueFd MakeSocket(int family) { return Prepared(UniqueFd(::socket(family, SOCK_STREAM, 0))); }

/** The next connection that waits; an invalid descriptor with errno where there is none. */
inline UniqueFd AcceptConnection(int listener) { return Prepared(UniqueFd(::accept(listener, nullptr, nullptr))); }

/** Two connected ends; invalid with errno where it fails. */
inline std::pair<UniqueFd, UniqueFd> MakeSocketPair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return {};
  UniqueFd second(ends[1]);
  return {Prepared(UniqueFd(ends[0])), Prepared(std::move(second))};
}

}  // namespace penstock
