// Files are not copied without a socket on this system.
#include "copy/file_copier.h"
#include "base/technique.h"

namespace penstock {

std::unique_ptr<FileCopier> MakeFileCopier(CopySession&) { FailStream(Code::kInternal, ""); }

}  // namespace penstock
