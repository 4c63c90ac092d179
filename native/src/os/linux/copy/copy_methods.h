// The copy techniques of Linux, each one system call.
#pragma once

#include "base/technique.h"
#include "errors/failure.h"
#include "system/calls.h"

namespace penstock {

struct CopyMethod {
  Technique technique;
  /** Whether one call takes the file as a whole, holes included; else it is given the ranges that hold data. */
  bool takesWholeFile;
  /**
   * Copies from `offset` of one open file to the same offset of another: at most `length` bytes, or the whole file.
   * Returns kWouldBlock only after a signal.
   */
  Step (*copy)(Calls& calls, int source, int target, uint64_t offset, uint64_t length);
};

/** Null for a technique that does not copy from file to file. */
const CopyMethod* FindCopyMethod(Technique technique);

}  // namespace penstock
