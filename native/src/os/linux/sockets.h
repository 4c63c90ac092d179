// Descriptors of sockets as this system makes them: closed on exec, non-blocking, silent when the peer is gone.
#pragma once

#include <sys/socket.h>

#include <utility>

#include "base/unique_fd.h"

namespace penstock {

/** Flags of each send and recv on a socket that is made here. */
constexpr int kSendFlags = MSG_NOSIGNAL;

/** An invalid descriptor with errno where it fails. */
inline UniqueFd MakeSocket(int family) {
  return UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/** The next connection that waits; an invalid descriptor with errno where there is none. */
inline UniqueFd AcceptConnection(int listener) {
  return UniqueFd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

/** Two connected ends; invalid with errno where it fails. */
inline std::pair<UniqueFd, UniqueFd> MakeSocketPair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return {};
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace penstock
