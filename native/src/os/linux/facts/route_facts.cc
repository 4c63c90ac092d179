#include "facts/route_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "connection/addresses.h"
#include "system/unique_fd.h"

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

AddressBytes Mapped(const in6_addr& address) {
  AddressBytes bytes{};
  std::memcpy(bytes.data(), &address, bytes.size());
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
    return Mapped(v6.sin6_addr);
  }
  return std::nullopt;
}

/// Facts of one interface by ioctl(2).
class Interface {
 public:
  explicit Interface(std::string name)
      : name_(std::move(name)), socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  bool Ask(void* command) const {
    ifreq request = Request();
    request.ifr_data = static_cast<char*>(command);
    return ioctl(socket_.get(), SIOCETHTOOL, &request) == 0;
  }

  std::optional<bool> Flag(uint32_t command) const {
    ethtool_value value{};
    value.cmd = command;
    if (!Ask(&value)) return std::nullopt;
    return value.data != 0;
  }

  std::optional<std::string> Driver() const {
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    if (!Ask(&driver)) return std::nullopt;
    const std::string name(driver.driver, strnlen(driver.driver, sizeof(driver.driver)));
    if (name.empty()) return std::nullopt;
    return name;
  }

  std::optional<uint32_t> Mtu() const {
    ifreq request = Request();
    if (ioctl(socket_.get(), SIOCGIFMTU, &request) != 0) return std::nullopt;
    return static_cast<uint32_t>(request.ifr_mtu);
  }

  std::optional<uint32_t> Speed() const {
    // Two calls: the first returns how many words the masks of link modes take.
    ethtool_link_settings size{};
    size.cmd = ETHTOOL_GLINKSETTINGS;
    if (!Ask(&size) || size.link_mode_masks_nwords >= 0) return std::nullopt;
    const int words = -size.link_mode_masks_nwords;
    std::vector<uint32_t> memory(sizeof(ethtool_link_settings) / 4 + 3 * static_cast<size_t>(words));
    ethtool_link_settings settings{};
    settings.cmd = ETHTOOL_GLINKSETTINGS;
    settings.link_mode_masks_nwords = static_cast<int8_t>(words);
    std::memcpy(memory.data(), &settings, sizeof settings);
    if (!Ask(memory.data())) return std::nullopt;
    std::memcpy(&settings, memory.data(), sizeof settings);
    const auto unknown = static_cast<uint32_t>(SPEED_UNKNOWN);
    if (settings.speed == 0 || settings.speed == unknown) return std::nullopt;
    return settings.speed;
  }

  /// Whether the feature of this name is on; empty if the kernel has none of that name.
  std::optional<bool> Feature(const std::string& wanted) const {
    std::vector<uint32_t> info((sizeof(ethtool_sset_info) + sizeof(uint32_t)) / 4);
    ethtool_sset_info ask{};
    ask.cmd = ETHTOOL_GSSET_INFO;
    ask.sset_mask = 1ULL << ETH_SS_FEATURES;
    std::memcpy(info.data(), &ask, sizeof ask);
    if (!Ask(info.data())) return std::nullopt;
    const uint32_t count = info.back();

    ethtool_gstrings head{};
    head.cmd = ETHTOOL_GSTRINGS;
    head.string_set = ETH_SS_FEATURES;
    head.len = count;
    std::vector<char> names(sizeof head + size_t{count} * ETH_GSTRING_LEN);
    std::memcpy(names.data(), &head, sizeof head);
    if (!Ask(names.data())) return std::nullopt;

    const uint32_t blocks = (count + 31) / 32;
    ethtool_gfeatures features{};
    features.cmd = ETHTOOL_GFEATURES;
    features.size = blocks;
    std::vector<char> states(sizeof features + blocks * sizeof(ethtool_get_features_block));
    std::memcpy(states.data(), &features, sizeof features);
    if (!Ask(states.data())) return std::nullopt;

    for (uint32_t index = 0; index < count; ++index) {
      const char* name = names.data() + sizeof head + size_t{index} * ETH_GSTRING_LEN;
      if (std::string(name, strnlen(name, ETH_GSTRING_LEN)) != wanted) continue;
      ethtool_get_features_block block{};
      std::memcpy(&block, states.data() + sizeof features + index / 32 * sizeof block, sizeof block);
      return (block.active >> (index % 32) & 1) != 0;
    }
    return std::nullopt;
  }

 private:
  ifreq Request() const {
    ifreq request{};
    name_.copy(request.ifr_name, sizeof(request.ifr_name) - 1);
    return request;
  }

  std::string name_;
  UniqueFd socket_;
};

struct FreeInterfaces {
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

using Interfaces = std::unique_ptr<ifaddrs, FreeInterfaces>;

Interfaces ListInterfaces() {
  ifaddrs* list = nullptr;
  return Interfaces(getifaddrs(&list) == 0 ? list : nullptr);
}

const ifaddrs* HolderOf(const Interfaces& list, const AddressBytes& wanted) {
  const ifaddrs* item = list.get();
  while (item != nullptr && AddressOf(item->ifa_addr) != wanted) item = item->ifa_next;
  return item;
}

bool IsLoopback(const AddressBytes& address) {
  static const AddressBytes v6 = Mapped(in6addr_loopback);
  static const AddressBytes v4 = Mapped(in_addr{htonl(INADDR_LOOPBACK)});
  return address == v6 || std::equal(address.begin(), address.begin() + 13, v4.begin());
}

std::string TextOf(const AddressBytes& address) {
  char text[INET6_ADDRSTRLEN];
  static const AddressBytes prefix = Mapped(in_addr{});
  const bool v4 = std::equal(address.begin(), address.begin() + 12, prefix.begin());
  const void* bytes = address.data() + (v4 ? 12 : 0);
  return inet_ntop(v4 ? AF_INET : AF_INET6, bytes, text, sizeof text) == nullptr ? "" : text;
}

/// The address that the system would send from; empty without a route.
std::optional<AddressBytes> SourceFor(const std::string& address) {
  // Any port but 0 will do: connecting a datagram socket sends nothing.
  const AddressList list = Resolve(address, 9);
  if (list == nullptr) return std::nullopt;
  const UniqueFd fd(socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || connect(fd.get(), list->ai_addr, list->ai_addrlen) != 0) return std::nullopt;
  sockaddr_storage own{};
  socklen_t length = sizeof own;
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &length) != 0) return std::nullopt;
  return AddressOf(reinterpret_cast<const sockaddr*>(&own));
}

}  // namespace

RouteFacts RouteFactsOf(const std::string& local_address) {
  RouteFacts facts;
  const std::optional<AddressBytes> wanted = ParseAddress(local_address);
  const Interfaces list = ListInterfaces();
  const ifaddrs* holder = wanted ? HolderOf(list, *wanted) : nullptr;
  if (holder == nullptr) return facts;
  facts.interface_name = holder->ifa_name;
  facts.loopback = (holder->ifa_flags & IFF_LOOPBACK) != 0;
  const Interface interface(*facts.interface_name);
  facts.driver = interface.Driver();
  facts.scatter_gather = interface.Flag(ETHTOOL_GSG);
  facts.segmentation = interface.Flag(ETHTOOL_GTSO);
  facts.late_segmentation = interface.Flag(ETHTOOL_GGSO);
  facts.tls_offload = interface.Feature("tls-hw-tx-offload");
  facts.mtu = interface.Mtu();
  facts.link_speed = interface.Speed();
  return facts;
}

PeerRoute RouteToPeer(const std::string& address) {
  PeerRoute route;
  const std::optional<AddressBytes> peer = ParseAddress(address);
  if (!peer) return route;
  route.same_machine = IsLoopback(*peer) || HolderOf(ListInterfaces(), *peer) != nullptr;
  const std::optional<AddressBytes> source = SourceFor(address);
  if (source) route.local_address = TextOf(*source);
  return route;
}

}  // namespace penstock
