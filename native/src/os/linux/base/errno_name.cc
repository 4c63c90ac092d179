#include <cstring>

#include "base/errors.h"

namespace penstock {

const char* ErrnoText(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : "EUNKNOWN";
}

}  // namespace penstock
