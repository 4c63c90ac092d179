#include "system/cpu.h"

namespace penstock {

// Every ARM processor that this system has run on has them.
bool HasArmCrc32() { return true; }

}  // namespace penstock
