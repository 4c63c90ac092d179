// Whether O_DIRECT is what it says.
#pragma once

#include "base/counters.h"

namespace penstock {

/**
 * True for an open file whose file system takes O_DIRECT and goes through the page cache all the same: it has nothing
 * but that cache, or, where `write`, it wants to check what is written while nobody can change it any more.
 */
bool BuffersDirect(Counters& counters, int fd, bool write);

}  // namespace penstock
