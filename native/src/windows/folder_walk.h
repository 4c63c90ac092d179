// What is done to everything below a folder, following no link.
#pragma once

#include <string>

#include "engine/unique_fd.h"

namespace penstock {

/** Brings the content of every file below the folder to the medium. Throws FileError. */
void FlushAllBelow(Descriptor folder, const std::string& path);
/** Removes all that is in the folder but the entry `kept`. Throws FileError. */
void RemoveContents(Descriptor folder, const std::wstring& kept, const std::string& path);

}  // namespace penstock
