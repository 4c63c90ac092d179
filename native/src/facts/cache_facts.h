#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
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

/// Pages of these files in the page cache, counted over all of each; nothing where one cannot be examined, or not within
/// `limit`.
std::optional<uint64_t> CachedPages(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

/// Whether content of this file, or of files in this folder, can be read and written without leaving pages in the page cache
/// (Calls::PreadUncached). False where that cannot be tried.
bool SkipsCache(const std::string& path);

}  // namespace penstock
