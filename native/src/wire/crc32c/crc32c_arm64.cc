#include <arm_acle.h>

#include <cstring>

#include "system/cpu.h"
#include "wire/crc32c/crc32c.h"

namespace penstock {
namespace {

__attribute__((target("+crc"))) uint32_t Crc32cByArmv8(uint32_t crc, const uint8_t* data, size_t size) {
  uint32_t value = ~crc;
  for (; size >= 8; data += 8, size -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, data, 8);
    value = __crc32cd(value, word);
  }
  for (; size > 0; ++data, --size) value = __crc32cb(value, *data);
  return ~value;
}

}  // namespace

Crc32cFunction SelectCrc32c() { return HasArmCrc32() ? Crc32cByArmv8 : Crc32cByTable; }

}  // namespace penstock
