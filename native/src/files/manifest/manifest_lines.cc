#include "files/manifest/manifest_lines.h"

#include <string_view>

namespace penstock {
namespace {

void AppendEscaped(char byte, std::string* json) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr std::string_view kNamed = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  const size_t named = kNamed.find(byte);
  *json += '\\';
  if (named != std::string_view::npos) {
    *json += kLetters[named];
    return;
  }
  *json += "u00";
  *json += kHex[static_cast<unsigned char>(byte) >> 4];
  *json += kHex[static_cast<unsigned char>(byte) & 15];
}

/** `text` is UTF-8: names that are not do not enter a manifest. */
void AppendText(std::string_view text, std::string* json) {
  for (const char byte : text) {
    const bool plain = static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\';
    if (plain) *json += byte;
    else AppendEscaped(byte, json);
  }
}

/** Nanoseconds since 1970, of any time: seconds alone may need all 64 bits. */
void AppendTime(int64_t seconds, uint32_t nanoseconds, std::string* json) {
  constexpr uint32_t kSecond = 1'000'000'000;
  constexpr size_t kDigits = 9;
  if (seconds < 0) {
    *json += '-';
    if (nanoseconds > 0) {
      ++seconds;
      nanoseconds = kSecond - nanoseconds;
    }
  }
  const uint64_t whole = seconds < 0 ? uint64_t{0} - static_cast<uint64_t>(seconds) : static_cast<uint64_t>(seconds);
  std::string part = std::to_string(nanoseconds);
  if (whole > 0) {
    *json += std::to_string(whole);
    part.insert(0, kDigits - part.size(), '0');
  }
  *json += part;
}

void AppendLine(const Manifest& manifest, uint32_t index, std::string_view folder, std::string* json) {
  const ManifestEntry& entry = manifest[index];
  constexpr char kTypes[] = {'f', 'd', 'l'};
  *json += "{\"t\":\"";
  *json += kTypes[static_cast<size_t>(entry.type)];
  *json += "\",\"n\":\"";
  *json += folder;
  AppendText(manifest.NameOf(entry), json);
  *json += "\",\"m\":";
  *json += std::to_string(entry.mode);
  *json += ",\"mt\":\"";
  AppendTime(entry.seconds, entry.nanoseconds, json);
  *json += '"';
  if (entry.type == EntryType::kFile) {
    *json += ",\"s\":";
    *json += std::to_string(entry.size);
  } else if (entry.type == EntryType::kSymlink) {
    *json += ",\"l\":\"";
    AppendText(manifest.TargetOf(entry), json);
    *json += '"';
  }
  *json += "}\n";
}

}  // namespace

std::string ManifestLines(const Manifest& manifest, uint32_t from, uint32_t until) {
  std::string json;
  // The escaped path of the folder: neighbours are mostly in the same one.
  std::string folder;
  uint32_t parent = kNoParent;
  for (uint32_t index = from; index < until; ++index) {
    const uint32_t own = manifest[index].parent;
    if (own != parent) {
      folder.clear();
      if (own != kNoParent) {
        AppendText(manifest.PathOf(own), &folder);
        folder += '/';
      }
      parent = own;
    }
    AppendLine(manifest, index, folder, &json);
  }
  return json;
}

}  // namespace penstock
