// The folders that hold what a path below an open folder names.
#pragma once

#include <string>
#include <utility>

#include "platform.h"
#include "system/unique_fd.h"

namespace penstock {

/// Opens the folder at `path` below `folder`, following no link. Throws SystemError: ENOTDIR if a link is on the way.
UniqueFd OpenFolderBeneath(Descriptor folder, const std::string& path);

/// Opens the folders that hold the entries below one folder; keeps the last open, since neighbours share it.
class ParentFolder {
 public:
  explicit ParentFolder(Descriptor base) : base_(base) {}

  /// The open folder that holds `path`, and the last component of `path`. Throws SystemError.
  std::pair<Descriptor, std::string> Of(const std::string& path);

 private:
  Descriptor base_;
  UniqueFd parent_;
  std::string parent_path_;
};

}  // namespace penstock
