#include <nmmintrin.h>

#include <cstring>

#include "engine/crc32c.h"

namespace penstock {
namespace {

__attribute__((target("sse4.2"))) uint32_t Crc32cBySse42(uint32_t crc, const uint8_t* data, size_t size) {
  uint64_t value = ~crc;
  for (; size >= 8; data += 8, size -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, data, 8);
    value = _mm_crc32_u64(value, word);
  }
  auto narrow = static_cast<uint32_t>(value);
  for (; size > 0; ++data, --size) narrow = _mm_crc32_u8(narrow, *data);
  return ~narrow;
}

}  // namespace

Crc32cFunction SelectCrc32c() { return __builtin_cpu_supports("sse4.2") ? Crc32cBySse42 : Crc32cByTable; }

}  // namespace penstock
