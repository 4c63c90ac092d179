#include "system/map_options.h"

namespace penstock {
namespace {

constexpr const char* kNames[kMapOptionCount] = {"sequential", "willneed", "populate", "lock"};

}  // namespace

const char* MapOptionName(MapOption option) { return kNames[IndexOf(option)]; }

std::optional<MapOption> MapOptionFromName(std::string_view name) {
  for (size_t i = 0; i < kMapOptionCount; ++i) {
    if (name == kNames[i]) return static_cast<MapOption>(i);
  }
  return std::nullopt;
}

}  // namespace penstock
