#include "files/folders/parent_folder.h"

namespace penstock {

std::pair<Descriptor, std::string> ParentFolder::Of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {base_, path};
  const std::string parent = path.substr(0, slash);
  if (!parent_.valid() || parent != parent_path_) {
    parent_ = OpenFolderBeneath(base_, parent);
    parent_path_ = parent;
  }
  return {parent_.get(), path.substr(slash + 1)};
}

}  // namespace penstock
