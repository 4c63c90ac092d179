// A system on which files cannot be copied without a socket yet.
#include "copy/copy_technique.h"
#include "copy/file_copier.h"
#include "files/file_ops.h"

namespace penstock {

const std::vector<CopyTechnique>& BuiltCopyTechniques() {
  static const std::vector<CopyTechnique> none;
  return none;
}

std::unique_ptr<FileCopier> MakeFileCopier(CopySession&) { FailStream(Code::kInternal, ""); }

bool SharesBlocks(const Folder&) { return false; }

}  // namespace penstock
