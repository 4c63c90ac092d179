#include <cstring>

#include "errors/errors.h"

namespace penstock {

const char* ErrnoText(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : "EUNKNOWN";
}

}  // namespace penstock
