#include "engine/route_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>

namespace penstock {

namespace {

/// An address as 16 bytes, IPv4 in its mapped form, so that both families compare alike.
using AddressBytes = std::array<unsigned char, 16>;

AddressBytes Mapped(const in_addr& address) {
  AddressBytes bytes{};
  bytes[10] = 0xFF;
  bytes[11] = 0xFF;
  std::memcpy(bytes.data() + 12, &address, 4);
  return bytes;
}

std::optional<AddressBytes> ParseAddress(std::string text) {
  text = text.substr(0, text.find('%'));
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return Mapped(v4);
  AddressBytes bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::optional<AddressBytes> AddressOf(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof(v4));
    return Mapped(v4.sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof(v6));
    AddressBytes bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return bytes;
  }
  return std::nullopt;
}

bool AskEthtool(int socket_fd, const std::string& name, void* command) {
  ifreq request{};
  name.copy(request.ifr_name, sizeof(request.ifr_name) - 1);
  request.ifr_data = static_cast<char*>(command);
  return ioctl(socket_fd, SIOCETHTOOL, &request) == 0;
}

struct FreeInterfaces {
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

}  // namespace

RouteFacts RouteFactsOf(const std::string& local_address) {
  RouteFacts facts;
  const std::optional<AddressBytes> wanted = ParseAddress(local_address);
  ifaddrs* list = nullptr;
  if (!wanted || getifaddrs(&list) != 0) return facts;
  const std::unique_ptr<ifaddrs, FreeInterfaces> owner(list);
  for (const ifaddrs* item = list; item != nullptr; item = item->ifa_next) {
    if (AddressOf(item->ifa_addr) != wanted) continue;
    facts.interface_name = item->ifa_name;
    facts.loopback = (item->ifa_flags & IFF_LOOPBACK) != 0;
    break;
  }
  if (!facts.interface_name) return facts;

  const int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return facts;
  ethtool_value scatter_gather{};
  scatter_gather.cmd = ETHTOOL_GSG;
  if (AskEthtool(socket_fd, *facts.interface_name, &scatter_gather)) {
    facts.scatter_gather = scatter_gather.data != 0;
  }
  ethtool_drvinfo driver{};
  driver.cmd = ETHTOOL_GDRVINFO;
  if (AskEthtool(socket_fd, *facts.interface_name, &driver)) {
    const std::string name(driver.driver, strnlen(driver.driver, sizeof(driver.driver)));
    if (!name.empty()) facts.driver = name;
  }
  close(socket_fd);
  return facts;
}

}  // namespace penstock
