// Invariant: of any pattern and any path, the matcher gives the answer of the plain definition, in a number of steps that grows
// with the product of their lengths only, and reads nothing behind the bytes given. The input is a pattern, a zero byte, a path.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "files/source/exclusions.h"
#include "files/source/glob.h"

namespace {

using namespace penstock;

/** The definition, tried from every place once: no set of places, no tokens. */
class Plain {
 public:
  Plain(std::u32string pattern, std::u32string path)
      : pattern_(std::move(pattern)), path_(std::move(path)), known_((pattern_.size() + 1) * (path_.size() + 1), -1) {}

  bool Matches(size_t at = 0, size_t from = 0) {
    signed char& known = known_[at * (path_.size() + 1) + from];
    if (known < 0) known = Try(at, from) ? 1 : 0;
    return known == 1;
  }

 private:
  bool Try(size_t at, size_t from) {
    if (at == pattern_.size()) return from == path_.size();
    const char32_t sign = pattern_[at];
    if (sign == U'*') return TryStars(at, from);
    if (from == path_.size()) return false;
    size_t end = at;
    const int inSet = sign == U'[' ? TrySet(at, path_[from], &end) : -1;
    if (inSet >= 0) return inSet == 1 && path_[from] != U'/' && Matches(end, from + 1);
    if (sign == U'?') return path_[from] != U'/' && Matches(at + 1, from + 1);
    const bool escaped = sign == U'\\' && at + 1 < pattern_.size();
    return pattern_[at + (escaped ? 1 : 0)] == path_[from] && Matches(at + (escaped ? 2 : 1), from + 1);
  }

  bool TryStars(size_t at, size_t from) {
    size_t end = at;
    while (end < pattern_.size() && pattern_[end] == U'*') ++end;
    const bool alone = end - at == 2 && (at == 0 || pattern_[at - 1] == U'/');
    if (alone && end < pattern_.size() && pattern_[end] == U'/') {
      if (Matches(end + 1, from)) return true;
      for (size_t to = from; to < path_.size(); ++to) {
        if (path_[to] == U'/' && Matches(end + 1, to + 1)) return true;
      }
      return false;
    }
    if (alone && at > 0 && end == pattern_.size()) return from < path_.size();
    for (size_t to = from;; ++to) {
      if (Matches(end, to)) return true;
      if (to == path_.size() || path_[to] == U'/') return false;
    }
  }

  /** 1: in the set; 0: not in it; -1: no set begins here. */
  int TrySet(size_t at, char32_t value, size_t* end) const {
    size_t next = at + 1;
    const bool inverted = next < pattern_.size() && (pattern_[next] == U'!' || pattern_[next] == U'^');
    if (inverted) ++next;
    const size_t first = next;
    bool found = false;
    while (next < pattern_.size() && (next == first || pattern_[next] != U']')) {
      if (pattern_[next] == U'\\' && next + 1 < pattern_.size()) ++next;
      const char32_t low = pattern_[next++];
      char32_t high = low;
      if (next + 1 < pattern_.size() && pattern_[next] == U'-' && pattern_[next + 1] != U']') {
        ++next;
        if (pattern_[next] == U'\\' && next + 1 < pattern_.size()) ++next;
        high = pattern_[next++];
      }
      found = found || (value >= low && value <= high);
    }
    if (next >= pattern_.size()) return -1;
    *end = next + 1;
    return found != inverted ? 1 : 0;
  }

  const std::u32string pattern_;
  const std::u32string path_;
  std::vector<signed char> known_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto* split = std::find(data, data + size, uint8_t{0});
  const std::string pattern(data, split);
  const std::string path(split == data + size ? split : split + 1, data + size);
  const bool matches = Glob(pattern).Matches(GlobText(path));
  if (matches != Plain(GlobText(pattern), GlobText(path)).Matches()) std::abort();
  Exclusions({pattern}).Exclude(path, size % 2 == 0);
  return 0;
}
