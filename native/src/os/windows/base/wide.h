// Between the engine's UTF-8 and the system's UTF-16, and paths of any length.
#pragma once

#include <string>

namespace penstock {

std::wstring ToWide(const std::string& text);
std::string ToUtf8(const std::wstring& text);
/**
 * An absolute path, with the prefix that lifts the limit of 260 characters and switches off every reading of names
 * (reserved names, trailing dots, `..`) on the way down.
 */
std::wstring LongPath(const std::string& path);

}  // namespace penstock
