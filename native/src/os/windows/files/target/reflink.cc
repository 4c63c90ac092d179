// Files are not copied without a socket on this system, and do not share blocks.
#include "files/target/file_ops.h"

namespace penstock {

bool SharesBlocks(const Folder&) { return false; }

}  // namespace penstock
