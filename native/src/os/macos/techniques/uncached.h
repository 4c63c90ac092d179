// Reads and writes with F_NOCACHE, which demands no alignment.
#pragma once

#include "system/direct_buffer.h"

namespace penstock {

/** Only whole pages in page-aligned memory bypass the cache. */
constexpr uint64_t kUncachedAlign = 16384;
using UncachedBuffer = DirectBuffer<kUncachedAlign>;

/** Bytes of a piece of a file in an UncachedBuffer that bypass the cache. */
constexpr uint64_t UncachedPart(uint64_t offset, uint64_t size) {
  return offset % kUncachedAlign == 0 ? size - size % kUncachedAlign : 0;
}

}  // namespace penstock
