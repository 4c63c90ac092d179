// Types and names of Windows for portable code.
#pragma once

#include <winsock2.h>
// After winsock2.h, which it would otherwise bring in an older form.
#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>

// Names of POSIX that this C library lacks; the values lie beyond its own.
constexpr int EDQUOT = 200;
constexpr int ESTALE = 201;
constexpr int EHOSTDOWN = 202;
constexpr int SHUT_WR = SD_SEND;
// Of lseek: where the next data and the next hole begin.
constexpr int SEEK_DATA = 3;
constexpr int SEEK_HOLE = 4;

namespace penstock {

/** A HANDLE of a file, folder or event, or a SOCKET. Both have all bits set if there is none. */
using Descriptor = uintptr_t;
constexpr Descriptor kNoDescriptor = ~Descriptor{0};
static_assert(sizeof(Descriptor) == sizeof(HANDLE) && sizeof(Descriptor) == sizeof(SOCKET), "one type for both");

/** Between the names of a path on this machine. */
constexpr char kSeparator = '\\';

inline HANDLE HandleOf(Descriptor fd) { return reinterpret_cast<HANDLE>(fd); }
inline Descriptor DescriptorOf(HANDLE handle) { return reinterpret_cast<Descriptor>(handle); }

inline void CloseFile(Descriptor fd) { ::CloseHandle(HandleOf(fd)); }
inline void CloseSocket(Descriptor fd) { ::closesocket(fd); }

/** One buffer of a vector, as in POSIX. */
struct iovec {
  void* iov_base;
  size_t iov_len;
};

}  // namespace penstock
