// Files are not copied without a socket on this system.
#include "copy/file_copier.h"
#include "copy/copy_technique.h"

namespace penstock {

const std::vector<CopyTechnique>& BuiltCopyTechniques() {
  static const std::vector<CopyTechnique> none;
  return none;
}

std::unique_ptr<FileCopier> MakeFileCopier(CopySession&) { FailStream(Code::kInternal, ""); }

}  // namespace penstock
