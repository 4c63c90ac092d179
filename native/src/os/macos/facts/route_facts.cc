// Facts of an interface on macOS: its name and whether it is the loopback. The system does not report offloads.
#include "facts/route_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>

namespace penstock {
namespace {

struct FreeInterfaces {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

std::string WithoutScope(const std::string& address) { return address.substr(0, address.find('%')); }

std::string Numeric(const sockaddr* address) {
  if (address == nullptr || (address->sa_family != AF_INET && address->sa_family != AF_INET6)) return "";
  char text[NI_MAXHOST] = {};
  if (::getnameinfo(address, address->sa_len, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) return "";
  return WithoutScope(text);
}

}  // namespace

RouteFacts RouteFactsOf(const std::string& local_address) {
  RouteFacts facts;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return facts;
  const std::unique_ptr<ifaddrs, FreeInterfaces> owner(list);
  const std::string wanted = WithoutScope(local_address);
  for (const ifaddrs* item = list; item != nullptr; item = item->ifa_next) {
    if (wanted.empty() || Numeric(item->ifa_addr) != wanted) continue;
    facts.interface_name = item->ifa_name;
    facts.loopback = (item->ifa_flags & IFF_LOOPBACK) != 0;
    break;
  }
  return facts;
}

PeerRoute RouteToPeer(const std::string&) { return {}; }

}  // namespace penstock
