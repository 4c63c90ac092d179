#include "connection/addresses.h"

#include <cerrno>
#include <cstring>

#include "connection/socket.h"
#include "connection/sockets.h"
#include "errors/failure.h"

namespace penstock {
namespace {

std::string Numeric(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text, sizeof text);
    } else {
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
  }
  return text;
}

std::string Network(const sockaddr_storage& address) {
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  const bool whole = address.ss_family != AF_INET6 || IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0 ||
                     IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr) != 0;
  if (whole) return Numeric(address);
  constexpr size_t kPrefixBytes = 8;
  return std::string(reinterpret_cast<const char*>(v6.sin6_addr.s6_addr), kPrefixBytes) + "/64";
}

}  // namespace

AddressList Resolve(const std::string& host, uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  const bool found = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) == 0;
  return AddressList(found ? list : nullptr);
}

std::string LocalAddress(Descriptor socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  return Numeric(address);
}

std::string RemoteAddress(Descriptor socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  return Numeric(address);
}

std::string RemoteNetwork(Descriptor socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  return Network(address);
}

std::pair<UniqueSocket, UniqueSocket> LocalPair() {
  auto ends = MakeSocketPair();
  if (!ends.first.valid() || !ends.second.valid()) throw SystemError(errno, "socketpair");
  return ends;
}

}  // namespace penstock
