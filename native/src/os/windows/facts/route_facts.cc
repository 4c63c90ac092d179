#include "facts/route_facts.h"

namespace penstock {

// The system does not report offloads to programs; the address shows whether it is the loopback.
RouteFacts RouteFactsOf(const std::string& local_address) {
  RouteFacts facts;
  facts.loopback = local_address == "::1" || local_address.rfind("127.", 0) == 0;
  return facts;
}

PeerRoute RouteToPeer(const std::string&) { return {}; }

}  // namespace penstock
