#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace penstock {

struct PendingLimits {
  int inAll = 0;
  int perNetwork = 0;
};

/** What a new connection needs before it can wait for its preamble. */
struct Room {
  /** False if the new connection must be closed. */
  bool take = true;
  /** The waiting connection to be closed for it. */
  std::optional<size_t> instead;
};

/**
 * Decides on a new connection. `networks` are those of the connections that wait for their preamble, oldest first;
 * `busy` more count against the limit in all and cannot be closed. Where a limit is reached, the oldest connection of
 * the same network is closed, or, for the limit in all, the oldest of the network that has the most: a network cannot
 * keep others out by connecting.
 */
inline Room RoomFor(const std::string& network, const std::vector<std::string>& networks, int busy,
                    const PendingLimits& limits) {
  std::map<std::string, int> counts;
  for (const std::string& one : networks) ++counts[one];
  const auto oldestOf = [&networks](const std::string& of) {
    return static_cast<size_t>(std::find(networks.begin(), networks.end(), of) - networks.begin());
  };
  const auto mine = counts.find(network);
  if (mine != counts.end() && mine->second >= limits.perNetwork) return {true, oldestOf(network)};
  if (static_cast<int>(networks.size()) + busy < limits.inAll) return {};
  const auto largest = std::max_element(counts.begin(), counts.end(),
                                        [](const auto& left, const auto& right) { return left.second < right.second; });
  if (largest == counts.end()) return {false, std::nullopt};
  return {true, oldestOf(largest->first)};
}

}  // namespace penstock
