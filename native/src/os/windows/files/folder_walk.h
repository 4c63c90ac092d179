// What is done to everything below a folder, following no link.
#pragma once

#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "files/sync_ops.h"

namespace penstock {

/** Brings the content of every file below the folder to the medium; lists those that failed. Throws SystemError. */
std::vector<SyncFailure> FlushAllBelow(Descriptor folder);
/** Removes all that is in the folder but the entry `kept`. Throws SystemError. */
void RemoveContents(Descriptor folder, const std::wstring& kept, const std::string& path);

}  // namespace penstock
