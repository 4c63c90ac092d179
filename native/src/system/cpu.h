// Features of the processor that only the system can report.
#pragma once

namespace penstock {

/** Whether an ARMv8 processor has the CRC-32C instructions, which its first version left to choice. */
bool HasArmCrc32();

}  // namespace penstock
