#include "system/cpu.h"

#include "platform.h"

namespace penstock {

bool HasArmCrc32() { return ::IsProcessorFeaturePresent(PF_ARM_V8_CRC32_INSTRUCTIONS_AVAILABLE) != 0; }

}  // namespace penstock
