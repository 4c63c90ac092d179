#include "base/route_facts.h"

namespace penstock {

// What the card can do is not told to programs here; loopback can be seen by the address.
RouteFacts RouteFactsOf(const std::string& local_address) {
  RouteFacts facts;
  facts.loopback = local_address == "::1" || local_address.rfind("127.", 0) == 0;
  return facts;
}

PeerRoute RouteToPeer(const std::string&) { return {}; }

}  // namespace penstock
