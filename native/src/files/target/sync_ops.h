// Makes received files durable.
#pragma once

#include <string>
#include <vector>

#include "errors/failure.h"
#include "files/target/file_ops.h"

namespace penstock {

/// A file or folder that could not be made durable, by its path below the folder that was synced.
struct SyncFailure {
  Failure failure{};
  bool is_folder = false;
};

/// Makes all files and folders below `folder` durable, and its own entries: by one call if that is known to reach
/// the medium on this file system and reports what it could not write, else one by one. `folder` must have been opened
/// before the first write below it. Lists those that failed; throws SystemError if it is unknown which did.
std::vector<SyncFailure> SyncTree(const Folder& folder);

/// Fsyncs the folder itself, so that renames in it last. Throws SystemError.
void SyncFolder(const Folder& folder);

/// As SyncFolder, for the folder at `path` below `folder`.
void SyncFolderBelow(const Folder& folder, const std::string& path);

}  // namespace penstock
