// Addresses of sockets.
#pragma once

#include <memory>
#include <string>

#include "platform.h"

namespace penstock {

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListDeleter>;

/** Of a numeric address, since a look-up of a name has no time limit; null if it is none of this machine's families. */
AddressList Resolve(const std::string& host, uint16_t port, int flags = 0);

/** Numeric address of this end or the other; an IPv4 address mapped into IPv6 as IPv4. Empty if none. */
std::string LocalAddress(Descriptor socket);
std::string RemoteAddress(Descriptor socket);

/**
 * The remote network that limits count by: an IPv4 or link-local address, the /64 of any other IPv6 address, since one
 * machine can have all addresses of that. Not for display. Empty if none.
 */
std::string RemoteNetwork(Descriptor socket);

}  // namespace penstock
