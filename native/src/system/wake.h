// A descriptor that wakes a thread from poll(2).
#pragma once

#include "system/unique_fd.h"

namespace penstock {

/** Any thread may call Signal. The thread that polls `fd` calls Clear before it checks what has changed. */
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
