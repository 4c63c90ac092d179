// Passes an open file to Node, whose file calls take a number.
#pragma once

#include "system/unique_fd.h"

namespace penstock {

/// The number by which Node's `fs` calls reach this file; Node's `fs.close` then closes it. Throws SystemError.
int NodeDescriptor(UniqueFd file);

}  // namespace penstock
