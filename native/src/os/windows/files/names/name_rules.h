// Which names are allowed, as pure functions.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

/**
 * Whether a name means itself and nothing else: no separator, no stream (`:`), no wildcard, no device, no end that Win32
 * would take away, so that other programs can reach what it names.
 */
inline bool IsPlainName(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.back() == '.' || name.back() == ' ') return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || std::string_view("<>:\"/\\|?*").find(c) != std::string_view::npos) {
      return false;
    }
  }
  std::string stem(name.substr(0, name.find('.')));
  while (!stem.empty() && stem.back() == ' ') stem.pop_back();
  for (char& c : stem) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (stem == "CON" || stem == "PRN" || stem == "AUX" || stem == "NUL" || stem == "CONIN$" || stem == "CONOUT$")
    return false;
  const std::string_view start = std::string_view(stem).substr(0, 3);
  if (start != "COM" && start != "LPT") return true;
  const std::string_view port = std::string_view(stem).substr(3);
  if (port.size() == 1 && port[0] >= '0' && port[0] <= '9') return false;
  // The small numbers of Latin-1, in UTF-8.
  return port != "\xC2\xB9" && port != "\xC2\xB2" && port != "\xC2\xB3";
}

}  // namespace penstock
