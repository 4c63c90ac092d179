// A descriptor that wakes a thread out of its poll.
#pragma once

#include "base/unique_fd.h"

namespace penstock {

/**
 * Signal may be called from any thread; the thread that polls `fd` calls Clear before it looks at what has
 * changed.
 */
class Wake {
 public:
  Wake();
  void Signal();
  void Clear();
  Descriptor fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

}  // namespace penstock
