// Types and names of Linux and macOS for portable code.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace penstock {

/** An open file, folder or socket. */
using Descriptor = int;
constexpr Descriptor kNoDescriptor = -1;

/** Between the names of a path on this machine. */
constexpr char kSeparator = '/';

inline void CloseFile(Descriptor fd) { ::close(fd); }
/** Closes a socket, which is a file. */
constexpr void (*CloseSocket)(Descriptor) = CloseFile;

}  // namespace penstock
