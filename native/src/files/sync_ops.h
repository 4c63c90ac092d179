// What makes received files durable.
#pragma once

#include <string>
#include <vector>

#include "files/file_ops.h"

namespace penstock {

/// A file or folder that could not be made durable: its path below the folder, and the errno value's name.
struct SyncFailure {
  std::string path;
  std::string code;
  bool is_folder = false;
};

/// Makes all files and folders below `folder` durable, and the folder's own entries: by one call where that is known to
/// reach the medium on this file system and reports what it could not write, else one by one. `folder` must have been
/// opened before the first of them was written to. Lists those that failed; throws FileError where it cannot be told
/// which did.
std::vector<SyncFailure> SyncTree(const Folder& folder);

/// Fsyncs the folder itself, so that renames in it last. Throws FileError.
void SyncFolder(const Folder& folder);

/// As SyncFolder, for the folder at `path` below `folder`.
void SyncFolderBelow(const Folder& folder, const std::string& path);

}  // namespace penstock
