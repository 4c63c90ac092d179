// The page cache is not examined on this system.
#include "facts/cache_facts.h"

namespace penstock {

CacheFacts CachedPart(const std::vector<std::string>&, std::chrono::milliseconds) { return {}; }

std::optional<uint64_t> CachedPages(const std::vector<std::string>&, std::chrono::milliseconds) { return std::nullopt; }

bool SkipsCache(const std::string&) { return false; }

}  // namespace penstock
