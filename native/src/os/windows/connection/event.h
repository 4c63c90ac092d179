// An event that a thread waits for.
#pragma once

#include "system/unique_fd.h"

namespace penstock {

/** A manual-reset event. Throws SystemError if it cannot be made. */
UniqueFd MakeEvent();

}  // namespace penstock
