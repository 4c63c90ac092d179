#include "os/linux/copy/copy_methods.h"

namespace penstock {

const std::vector<CopyTechnique>& BuiltCopyTechniques() {
  static const std::vector<CopyTechnique> built = {CopyTechnique::kClone, CopyTechnique::kCopyRange,
                                                   CopyTechnique::kCopyFile};
  return built;
}

std::unique_ptr<CopyMethod> MakeCopyMethod(CopyTechnique technique, Calls& calls) {
  switch (technique) {
    case CopyTechnique::kClone:
      return MakeCopyClone(calls);
    case CopyTechnique::kCopyRange:
      return MakeCopyRange(calls);
    case CopyTechnique::kCopyFile:
      return MakeCopyFile(calls);
  }
  return nullptr;
}

}  // namespace penstock
