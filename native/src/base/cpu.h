// What the processor can do where only the system can say.
#pragma once

namespace penstock {

/** Whether an ARMv8 processor has the CRC-32C instructions, which its first version left to choice. */
bool HasArmCrc32();

}  // namespace penstock
