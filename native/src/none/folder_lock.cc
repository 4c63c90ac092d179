// A system on which nobody can say who owns a folder: it is taken to be owned.
#include "engine/file_ops.h"

namespace penstock {

bool TryLock(const Folder&) { return false; }

}  // namespace penstock
