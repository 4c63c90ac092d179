// What is done to a window of a file in memory before the kernel sends from it.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

enum class MapOption : uint8_t {
  /** The pages are read in order: read far ahead, let go early. */
  kSequential,
  /** They are wanted soon: reading them from the disk begins. */
  kWillNeed,
  /** They are read and entered in the page table at once, not by a fault each. */
  kPopulate,
  /** They stay in memory until the window is given up. */
  kLock,
};
constexpr size_t kMapOptionCount = 4;
using MapOptions = std::bitset<kMapOptionCount>;

const char* MapOptionName(MapOption option);
std::optional<MapOption> MapOptionFromName(std::string_view name);

constexpr size_t IndexOf(MapOption option) { return static_cast<size_t>(option); }

}  // namespace penstock
