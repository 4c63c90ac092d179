// Calls on everything below a folder. They follow no link.
#pragma once

#include <string>
#include <vector>

#include "files/target/sync_ops.h"
#include "system/unique_fd.h"

namespace penstock {

/** Flushes every file below the folder to the medium; lists those that failed. Throws SystemError. */
std::vector<SyncFailure> FlushAllBelow(Descriptor folder);
/** Removes all that is in the folder but the entry `kept`. Throws SystemError. */
void RemoveContents(Descriptor folder, const std::wstring& kept, const std::string& path);

}  // namespace penstock
