#pragma once

#include <optional>
#include <string>

namespace penstock {

/// What the system says of the interface that holds a local address; what it does not say stays empty.
struct RouteFacts {
  std::optional<std::string> interface_name;
  std::optional<bool> scatter_gather;
  std::optional<std::string> driver;
  bool loopback = false;
};

/// Facts of the interface that holds `local_address` (IPv4, IPv6, or IPv4-mapped; a scope after `%` is
/// ignored).
RouteFacts RouteFactsOf(const std::string& local_address);

}  // namespace penstock
