#include "files/source/exclusions.h"

#include <algorithm>

namespace penstock {

Exclusions::Exclusions(const std::vector<std::string>& patterns) {
  for (std::string_view text : patterns) {
    const bool foldersOnly = !text.empty() && text.back() == '/';
    if (foldersOnly) text.remove_suffix(1);
    const bool ofPath = text.find('/') != std::string_view::npos;
    if (text.substr(0, 2) == "./") text.remove_prefix(2);
    if (text.substr(0, 1) == "/") text.remove_prefix(1);
    patterns_.push_back({Glob(text), foldersOnly, ofPath});
  }
}

bool Exclusions::Exclude(std::string_view path, bool isFolder) const {
  if (patterns_.empty()) return false;
  const std::u32string read = GlobText(path);
  const std::u32string_view whole = read;
  const std::u32string_view name = whole.substr(whole.rfind(U'/') + 1);
  const size_t top = whole.find(U'/');
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
    if (pattern.foldersOnly && !isFolder) return false;
    if (!pattern.ofPath) return pattern.glob.Matches(name);
    return pattern.glob.Matches(whole) || (top != whole.npos && pattern.glob.Matches(whole.substr(top + 1)));
  });
}

}  // namespace penstock
