// Where a link of Windows leads.
#pragma once

#include <string>

namespace penstock {

/** The target as it is written in the link, without the prefix of the object manager. 0, or errno. */
int ReadLinkTarget(const std::wstring& path, std::string* target);

}  // namespace penstock
