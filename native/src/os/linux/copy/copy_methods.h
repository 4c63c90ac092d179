// The copy techniques of Linux, one file each.
#pragma once

#include <memory>

#include "base/failure.h"
#include "base/technique.h"
#include "os/linux/base/linux_calls.h"

namespace penstock {

/** One technique. Belongs to one thread. */
class CopyMethod {
 public:
  virtual ~CopyMethod() = default;
  virtual Technique technique() const = 0;
  /** Whether one call takes the file as a whole, holes included; else it is fed the ranges that hold data. */
  virtual bool takesWholeFile() const = 0;
  /**
   * Copies from `offset` of one open file to the same offset of another: at most `length` bytes, or the whole file.
   * Returns kWouldBlock only after a signal.
   */
  virtual Step Copy(int source, int target, uint64_t offset, uint64_t length) = 0;
};

std::unique_ptr<CopyMethod> MakeCopyClone(Calls& calls);
std::unique_ptr<CopyMethod> MakeCopyRange(Calls& calls);
std::unique_ptr<CopyMethod> MakeCopyFile(Calls& calls);
std::unique_ptr<CopyMethod> MakeCopyMethod(Technique technique, Calls& calls);

}  // namespace penstock
