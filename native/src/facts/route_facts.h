#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace penstock {

/// Facts that the system reports about an interface; empty if it reports none.
struct RouteFacts {
  std::optional<std::string> interface_name;
  std::optional<std::string> driver;
  std::optional<bool> scatter_gather;
  /// The card splits large buffers into segments.
  std::optional<bool> segmentation;
  /// The kernel splits them, just before the driver.
  std::optional<bool> late_segmentation;
  /// The card encrypts the records of a kernel-TLS socket (tls-hw-tx-offload).
  std::optional<bool> tls_offload;
  /// Bytes.
  std::optional<uint32_t> mtu;
  /// Mbit/s, as the driver reports it.
  std::optional<uint32_t> link_speed;
  bool loopback = false;
};

/// How this machine reaches a peer.
struct PeerRoute {
  /// The address that a connection would have at this end; empty if there is no route.
  std::string local_address;
  /// Whether the peer's address is one of this machine's own.
  bool same_machine = false;
};

/// Facts of the interface that holds `local_address` (IPv4, IPv6, or IPv4-mapped; a scope after `%` is
/// ignored).
RouteFacts RouteFactsOf(const std::string& local_address);

/// The route to an address, by connecting a datagram socket to it: no packet is sent.
PeerRoute RouteToPeer(const std::string& address);

}  // namespace penstock
