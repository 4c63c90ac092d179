#include <nmmintrin.h>

#include <array>
#include <cstring>

#include "wire/crc32c/crc32c.h"

#define PENSTOCK_SSE42 __attribute__((target("sse4.2")))

namespace penstock {
namespace {

// The instruction takes one word in each cycle and has a latency of three: three lanes keep it busy.
constexpr size_t kLaneBytes = 2048;

PENSTOCK_SSE42 uint64_t Step(uint64_t value, const uint8_t* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return _mm_crc32_u64(value, word);
}

/** The value after a lane of zeros follows it: CRC is linear, so that one table for each byte is enough. */
class LaneShift {
 public:
  PENSTOCK_SSE42 LaneShift() {
    for (size_t bit = 0; bit < 32; ++bit) {
      uint64_t value = uint64_t{1} << bit;
      for (size_t i = 0; i < kLaneBytes; i += 8) value = _mm_crc32_u64(value, 0);
      const size_t top = size_t{1} << bit % 8;
      for (size_t low = 0; low < top; ++low) {
        tables_[bit / 8][top + low] = tables_[bit / 8][low] ^ static_cast<uint32_t>(value);
      }
    }
  }

  uint64_t operator()(uint64_t value) const {
    return tables_[0][value & 0xff] ^ tables_[1][value >> 8 & 0xff] ^ tables_[2][value >> 16 & 0xff] ^
           tables_[3][value >> 24 & 0xff];
  }

 private:
  std::array<std::array<uint32_t, 256>, 4> tables_{};
};

PENSTOCK_SSE42 uint32_t Crc32cBySse42(uint32_t crc, const uint8_t* data, size_t size) {
  static const LaneShift shift;
  uint64_t value = ~crc;
  for (; size >= 3 * kLaneBytes; data += 3 * kLaneBytes, size -= 3 * kLaneBytes) {
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < kLaneBytes; i += 8) {
      value = Step(value, data + i);
      second = Step(second, data + kLaneBytes + i);
      third = Step(third, data + 2 * kLaneBytes + i);
    }
    value = shift(shift(value) ^ second) ^ third;
  }
  for (; size >= 8; data += 8, size -= 8) value = Step(value, data);
  auto narrow = static_cast<uint32_t>(value);
  for (; size > 0; ++data, --size) narrow = _mm_crc32_u8(narrow, *data);
  return ~narrow;
}

}  // namespace

Crc32cFunction SelectCrc32c() { return __builtin_cpu_supports("sse4.2") ? Crc32cBySse42 : Crc32cByTable; }

}  // namespace penstock
