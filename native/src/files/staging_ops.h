// Staging folders: how one is recognised, and how it is removed. Everything goes by the handle of the folder that was
// checked; a name only says where to look.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/file_ops.h"

namespace penstock {

/// Name of the file that marks a staging folder.
constexpr char kMarkerName[] = "marker";
/// Longest marker, in bytes.
constexpr size_t kMaxMarkerBytes = 256;

/// Opens a folder in `parent`, following no link. Throws SystemError: ENOTDIR for a link or anything else.
std::shared_ptr<Folder> OpenFolderIn(const Folder& parent, const std::string& name);

/// Tells this folder from every other and from itself under another owner or mode: its device, inode, owner and
/// permission bits as text. Throws SystemError.
std::string IdentityOf(const Folder& folder);

/// Makes the marker; EEXIST where there is one. Throws SystemError.
void WriteMarker(const Folder& folder, const std::vector<uint8_t>& bytes);

/// The marker's bytes; nothing where there is none that can be read, or one that is no regular file or too long.
std::optional<std::vector<uint8_t>> ReadMarker(const Folder& folder);

/// Removes all that is in `staging`, the marker last, and then the folder, provided that `name` in `parent` is still
/// this very folder. What lies on another file system stays, and with it the folder. Where the folder cannot be
/// removed the marker is put back. The folder's lock goes where that is a file in it. Throws SystemError.
void RemoveStaging(const Folder& parent, const std::string& name, Folder& staging);

/// Which names the folder's file system takes for one.
struct NameFolds {
  bool case_folds = false;
  bool normalisation_folds = false;
};

/// Tries it out with two empty files in a staging folder. Throws SystemError where none can be made.
NameFolds ProbeNames(const Folder& folder);

}  // namespace penstock
