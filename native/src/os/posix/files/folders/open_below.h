// The folders below an open folder, reached without following a link.
#pragma once

#include <string>

#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

/**
 * Opens the folder at `path` below `folder`: by openat2 where the system has it, else name by name. Invalid with errno; ENOTDIR
 * where a link is on the way, EINVAL for a path with empty names, "." or "..". The path may be longer than PATH_MAX.
 */
UniqueFd OpenBelow(Calls& calls, int folder, const std::string& path, int flags);

}  // namespace penstock
