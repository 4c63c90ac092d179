#include "system/node_descriptor.h"

namespace penstock {

int NodeDescriptor(UniqueFd file) { return file.release(); }

}  // namespace penstock
