// Folders whose path may be longer than one system call takes (PATH_MAX).
#pragma once

#include <functional>
#include <string_view>

#include "system/unique_fd.h"

namespace penstock {

/** Opens a folder relative to another one, by a path that one system call takes. -1 with errno. */
using OpenPiece = std::function<int(int folder, const char* path)>;

/** Opens the folder at `path` relative to the open folder `from`, in pieces that are short enough. Invalid with errno. */
UniqueFd OpenInPieces(int from, std::string_view path, const OpenPiece& open);

/** Opens the folder at `path`, following links; `flags`: O_RDONLY to list it, or kPassFlags. Invalid with errno. */
UniqueFd OpenFolderAt(std::string_view path, int flags);

/** Opens the folder at `path`, or the folder of the file at `path`, following links. Invalid with errno. */
UniqueFd OpenNearestFolder(std::string_view path);

}  // namespace penstock
