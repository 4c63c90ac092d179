// What is done to everything below a folder, following no link.
#pragma once

#include <string>

#include "engine/unique_fd.h"

namespace penstock {

/** Brings the content of every file below the folder to the medium. Throws FileError. */
void FlushAllBelow(Descriptor folder, const std::string& path);
/** Removes `name` and all below it; nothing there is not an error. Throws FileError. */
void RemoveBelow(Descriptor parent, const std::wstring& name, const std::string& path);

}  // namespace penstock
