// Options for a mapped window of a file before the kernel sends from it.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

enum class MapOption : uint8_t {
  /** The pages are read in order: read far ahead, free them early. */
  kSequential,
  /** The pages are needed soon: start to read them from the disk. */
  kWillNeed,
  /** Read the pages and enter them in the page table at once, without a fault for each. */
  kPopulate,
  /** The pages stay in memory until the window is unmapped. */
  kLock,
};
constexpr size_t kMapOptionCount = 4;
using MapOptions = std::bitset<kMapOptionCount>;

const char* MapOptionName(MapOption option);
std::optional<MapOption> MapOptionFromName(std::string_view name);

constexpr size_t IndexOf(MapOption option) { return static_cast<size_t>(option); }

}  // namespace penstock
