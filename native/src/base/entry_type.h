// What an entry of the manifest is.
#pragma once

#include <cstdint>

namespace penstock {

enum class EntryType : uint8_t { kFile, kDirectory, kSymlink };

}  // namespace penstock
