#include "system/cpu.h"

#include <sys/auxv.h>

namespace penstock {

bool HasArmCrc32() {
  // HWCAP_CRC32 of arm64's asm/hwcap.h; the bit means something else on other processors, which do not ask.
  constexpr unsigned long kCrc32 = 1ul << 7;
  return (::getauxval(AT_HWCAP) & kCrc32) != 0;
}

}  // namespace penstock
