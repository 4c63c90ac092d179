// Sockets as this system makes them: overlapped, not inherited by child processes, non-blocking.
#pragma once

#include "base/unique_fd.h"

namespace penstock {

/** Starts the socket library, once a process. */
void StartWinsock();
/** An invalid socket with errno where it fails. */
UniqueSocket MakeSocket(int family);
/** The next connection that waits; an invalid socket with errno where there is none. */
UniqueSocket AcceptConnection(Descriptor listener);

/** An event that a thread waits for; closes itself. Throws SocketError where there is none to be had. */
UniqueFd MakeEvent();

}  // namespace penstock
