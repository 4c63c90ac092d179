// Whether O_DIRECT bypasses the page cache.
#pragma once

#include "facts/counters.h"

namespace penstock {

/**
 * True for a file whose file system accepts O_DIRECT and uses the page cache anyway: it has only that cache, or, where
 * `write`, it needs stable pages for checksums.
 */
bool BuffersDirect(Counters& counters, int fd, bool write);

}  // namespace penstock
