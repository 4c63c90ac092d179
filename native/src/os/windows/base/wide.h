// UTF-8 to UTF-16 and back, and paths of any length.
#pragma once

#include <string>

namespace penstock {

std::wstring ToWide(const std::string& text);
std::string ToUtf8(const std::wstring& text);
/**
 * An absolute path with the prefix that lifts the limit of 260 characters and turns off the interpretation of names
 * (reserved names, trailing dots, `..`).
 */
std::wstring LongPath(const std::string& path);

}  // namespace penstock
