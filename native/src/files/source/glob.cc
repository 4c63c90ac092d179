#include "files/source/glob.h"

#include <algorithm>

#include "base/utf8.h"

namespace penstock {

std::u32string GlobText(std::string_view text) {
  // Beyond the code points, so that such a byte equals only itself.
  constexpr char32_t kByte = 0x110000;
  std::u32string read;
  read.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const CodePoint next = FirstCodePoint(text.substr(at));
    read.push_back(next.bytes == 0 ? kByte + static_cast<unsigned char>(text[at]) : next.value);
    at += std::max<size_t>(next.bytes, 1);
  }
  return read;
}

Glob::Glob(std::string_view pattern) {
  const std::u32string read = GlobText(pattern);
  for (size_t at = 0; at < read.size();) {
    if (read[at] == U'*') {
      ReadStars(read, &at);
      continue;
    }
    if (read[at] == U'[' && ReadSet(read, &at)) continue;
    if (read[at] == U'?') {
      tokens_.push_back({Token::Kind::kAny});
    } else {
      if (read[at] == U'\\' && at + 1 < read.size()) ++at;
      tokens_.push_back({Token::Kind::kCharacter, read[at]});
    }
    ++at;
  }
}

void Glob::ReadStars(std::u32string_view pattern, size_t* at) {
  const size_t from = *at;
  while (*at < pattern.size() && pattern[*at] == U'*') ++*at;
  const bool alone = *at - from == 2 && (from == 0 || pattern[from - 1] == U'/');
  if (alone && *at < pattern.size() && pattern[*at] == U'/') {
    tokens_.push_back({Token::Kind::kFolders});
    tokens_.push_back({Token::Kind::kInFolder});
    ++*at;
  } else if (alone && from > 0 && *at == pattern.size()) {
    tokens_.push_back({Token::Kind::kBelow});
  } else {
    tokens_.push_back({Token::Kind::kStar});
  }
}

bool Glob::ReadSet(std::u32string_view pattern, size_t* at) {
  Token set{Token::Kind::kSet};
  size_t next = *at + 1;
  if (next < pattern.size() && (pattern[next] == U'!' || pattern[next] == U'^')) {
    set.inverted = true;
    ++next;
  }
  const auto read = [&] {
    if (pattern[next] == U'\\' && next + 1 < pattern.size()) ++next;
    return pattern[next++];
  };
  // A bracket in the first place is one of the set.
  for (bool first = true; next < pattern.size() && (first || pattern[next] != U']'); first = false) {
    const char32_t from = read();
    const bool isRange = next + 1 < pattern.size() && pattern[next] == U'-' && pattern[next + 1] != U']';
    if (isRange) ++next;
    set.ranges.emplace_back(from, isRange ? read() : from);
  }
  if (next >= pattern.size()) return false;
  tokens_.push_back(std::move(set));
  *at = next + 1;
  return true;
}

bool Glob::Token::Has(char32_t value) const {
  const bool found = std::any_of(ranges.begin(), ranges.end(),
                                 [value](const auto& range) { return value >= range.first && value <= range.second; });
  return value != U'/' && found != inverted;
}

bool Glob::Matches(std::u32string_view path) const {
  // All places that the characters so far can lead to, at once: nothing is tried twice.
  std::vector<bool> places(tokens_.size() + 1);
  std::vector<bool> next(places.size());
  Reach(0, &places);
  for (const char32_t value : path) {
    std::fill(next.begin(), next.end(), false);
    for (size_t place = 0; place < tokens_.size(); ++place) {
      if (places[place]) Step(place, value, &next);
    }
    places.swap(next);
  }
  return places.back();
}

void Glob::Reach(size_t place, std::vector<bool>* places) const {
  // A place that is set has led on before.
  for (; !(*places)[place]; ++place) {
    (*places)[place] = true;
    if (place == tokens_.size()) return;
    const Token::Kind kind = tokens_[place].kind;
    if (kind == Token::Kind::kFolders) {
      (*places)[place + 1] = true;
      ++place;
    } else if (kind != Token::Kind::kStar) {
      return;
    }
  }
}

void Glob::Step(size_t place, char32_t value, std::vector<bool>* next) const {
  const Token& token = tokens_[place];
  switch (token.kind) {
    case Token::Kind::kCharacter:
      if (value == token.character) Reach(place + 1, next);
      return;
    case Token::Kind::kAny:
      if (value != U'/') Reach(place + 1, next);
      return;
    case Token::Kind::kSet:
      if (token.Has(value)) Reach(place + 1, next);
      return;
    case Token::Kind::kStar:
      if (value != U'/') Reach(place, next);
      return;
    case Token::Kind::kFolders:
      return;
    case Token::Kind::kInFolder:
      (*next)[place] = true;
      if (value == U'/') Reach(place + 1, next);
      return;
    case Token::Kind::kBelow:
      (*next)[place] = true;
      (*next)[place + 1] = true;
      return;
  }
}

}  // namespace penstock
