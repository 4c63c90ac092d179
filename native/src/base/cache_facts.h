#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace penstock {

/// How much of some files is in the page cache, as far as they were examined in time.
struct CacheFacts {
  /// Bytes that were examined; 0 if the system gives no information about these files.
  uint64_t looked_bytes = 0;
  uint64_t cached_bytes = 0;
};

/// Examines the files in order, at most a few windows spread over each, until `limit` has passed. Skips a file that
/// cannot be opened, or about which this user gets no information.
CacheFacts CachedPart(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

}  // namespace penstock
