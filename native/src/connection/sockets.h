// Sockets as each system makes them: non-blocking, not inherited by child processes, without SIGPIPE. Not counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "system/unique_fd.h"
#include "system/wake.h"

namespace penstock {

/** Starts the system's socket library if it has one. Throws SystemError. */
void StartSockets();

/** A stream socket. Invalid with errno if it fails. */
UniqueSocket MakeSocket(int family);
/**
 * A stream socket for a listener: no other program can take over its port, and it can bind to a port that was just
 * closed.
 */
UniqueSocket MakeListenerSocket(int family);
/** The next waiting connection. Invalid with errno if there is none. */
UniqueSocket AcceptConnection(Descriptor listener);
/** Two connected ends. Invalid with errno if it fails; ENOSYS on Windows. */
std::pair<UniqueSocket, UniqueSocket> MakeSocketPair();

/** The errno value of the last call on a socket. */
int SocketErrno();
/** send(2) and recv(2), -1 with errno. */
ssize_t SendBytes(Descriptor socket, const void* data, size_t size);
ssize_t ReceiveBytes(Descriptor socket, void* data, size_t size);

/**
 * Waits for `wake`, a connection on `listener` unless that is kNoDescriptor, or data on one of `pending`, until `timeout`.
 * Returns whether the listener may have a connection.
 */
bool WaitForPort(const Wake& wake, Descriptor listener, const std::vector<Descriptor>& pending,
                 std::chrono::milliseconds timeout);

}  // namespace penstock
