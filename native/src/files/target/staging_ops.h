// Staging folders: how one is recognised and removed. All calls use the handle of the folder that was checked; a name
// only names the place to search.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/target/file_ops.h"

namespace penstock {

/// Name of the file that marks a staging folder.
constexpr char kMarkerName[] = "marker";
/// Longest marker, in bytes.
constexpr size_t kMaxMarkerBytes = 256;

/// Opens a folder in `parent`, following no link. Throws SystemError: ENOTDIR for a link or anything else.
std::shared_ptr<Folder> OpenFolderIn(const Folder& parent, const std::string& name);

/// Identifies this folder, and its owner and mode: device, inode, owner and permission bits as text. Throws
/// SystemError.
std::string IdentityOf(const Folder& folder);

/// Makes the marker; EEXIST if there is one. Throws SystemError.
void WriteMarker(const Folder& folder, const std::vector<uint8_t>& bytes);

/// The marker's bytes; nothing if it is missing, unreadable, no regular file or too long.
std::optional<std::vector<uint8_t>> ReadMarker(const Folder& folder);

/// Removes the contents of `staging`, the marker last, and then the folder, if `name` in `parent` is still this folder.
/// Entries on another file system stay, and the folder with them. Writes the marker again if the folder cannot be
/// removed. Removes the folder's lock if that is a file in it. Throws SystemError.
void RemoveStaging(const Folder& parent, const std::string& name, Folder& staging);

/// Which different names a file system treats as equal, and which it does not take.
struct NameFolds {
  bool case_folds = false;
  bool normalisation_folds = false;
  /// Characters that no name may have.
  std::string refused{};
  /// No name may end with a dot or a space.
  bool refuses_endings = false;
  /// No name may be that of a device, such as NUL, with or without an extension.
  bool refuses_devices = false;
  /// It counts the units of UTF-16 of a name, of which it takes 255, and not its bytes.
  bool counts_units = false;
};

/// Tried with some empty files in a staging folder. Throws SystemError if none can be created.
NameFolds ProbeNames(const Folder& folder);

}  // namespace penstock
