#include <arm_acle.h>
#include <sys/auxv.h>

#include <cstring>

#include "engine/crc32c.h"

namespace penstock {
namespace {

// HWCAP_CRC32 of asm/hwcap.h.
constexpr unsigned long kHasCrc32 = 1ul << 7;

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

Crc32cFunction SelectCrc32c() { return (::getauxval(AT_HWCAP) & kHasCrc32) != 0 ? Crc32cByArmv8 : Crc32cByTable; }

}  // namespace penstock
