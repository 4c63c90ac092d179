#include "os/linux/copy/copy_methods.h"

namespace penstock {

std::unique_ptr<CopyMethod> MakeCopyMethod(Technique technique, Calls& calls) {
  switch (technique) {
    case Technique::kClone:
      return MakeCopyClone(calls);
    case Technique::kCopyRange:
      return MakeCopyRange(calls);
    case Technique::kCopyFile:
      return MakeCopyFile(calls);
    default:
      return nullptr;
  }
}

}  // namespace penstock
