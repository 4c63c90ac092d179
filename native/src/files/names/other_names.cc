#include "files/names/other_names.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/utf8.h"
#include "files/names/names.h"

namespace penstock {
namespace {

/** Hex digits that distinguish cut names. */
constexpr size_t kCutMarkDigits = 8;

/** Bytes of a prefix reserved for staging: kOwnPrefix after any number of underscores, so that near names differ too. */
size_t KeptPrefixBytes(std::string_view name) {
  const size_t underscores = std::min(name.find_first_not_of('_'), name.size());
  const size_t own = OwnPrefixBytes(name.substr(underscores));
  return own > 0 ? underscores + own : 0;
}

/** The start of `text` in at most this many bytes, in whole code points. */
std::string_view Shortened(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && Continues(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

std::string Joined(std::string_view stem, std::string_view suffix, std::string_view extension) {
  std::string name(stem);
  return name.append(suffix).append(extension);
}

/** The name with a suffix before its extension, which begins at `dot`, or without the extension where both do not fit. */
std::string CutTo(size_t dot, std::string_view name, std::string_view suffix) {
  const std::string_view extension = name.substr(dot);
  const size_t rest = suffix.size() + extension.size();
  if (rest >= kMaxComponent) return Joined(Shortened(name, kMaxComponent - suffix.size()), suffix, "");
  return Joined(Shortened(name.substr(0, dot), kMaxComponent - rest), suffix, extension);
}

std::string MarkOf(std::string_view name) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto digest = Sha256(name);
  std::string mark = "~";
  for (size_t i = 0; i < kCutMarkDigits; ++i) mark.push_back(kDigits[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf]);
  return mark;
}

/** A name that the underscore makes too long is cut before its extension and marked by a hash of the full name. */
std::string NearTop(std::string_view name) {
  const std::string full = Joined("_", name, "");
  if (full.size() <= kMaxComponent) return full;
  const size_t dot = full.rfind('.');
  return CutTo(dot > KeptPrefixBytes(full) ? dot : full.size(), full, MarkOf(name));
}

}  // namespace

std::optional<std::string> NearPath(std::string_view path) {
  if (KeptPrefixBytes(path) == 0) return std::nullopt;
  const size_t end = std::min(path.find('/'), path.size());
  return NearTop(path.substr(0, end)).append(path.substr(end));
}

std::string Numbered(std::string_view name, uint32_t count, bool isFile) {
  const size_t dot = isFile ? name.rfind('.') : std::string_view::npos;
  const bool splits = dot != std::string_view::npos && dot > 0;
  return CutTo(splits ? dot : name.size(), name, " (" + std::to_string(count) + ")");
}

}  // namespace penstock
