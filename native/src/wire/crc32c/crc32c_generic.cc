#include "wire/crc32c/crc32c.h"

namespace penstock {

Crc32cFunction SelectCrc32c() { return Crc32cByTable; }

}  // namespace penstock
