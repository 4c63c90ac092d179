#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace penstock {

/// How much of some files is in the page cache, as far as was looked within the time given.
struct CacheFacts {
  /// Bytes that were looked at; 0 where the system tells nothing of these files.
  uint64_t looked_bytes = 0;
  uint64_t cached_bytes = 0;
};

/// Looks at the files in order, of each at no more than a few windows spread over it, until `limit` is over.
/// A file that cannot be opened, or of which the system does not tell this user, is passed over.
CacheFacts CachedPart(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

}  // namespace penstock
