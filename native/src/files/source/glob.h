// Patterns of paths.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

/** A path as a Glob reads it: code points; bytes that are not UTF-8 match themselves. */
std::u32string GlobText(std::string_view text);

/**
 * `*` matches any characters but `/`, `?` one, `[a-z]` one of a set, `[!a-z]` one outside it, and `\` takes the meaning from
 * the character after it. `**` followed by a slash matches any number of folders, also none; after the last slash it matches
 * everything below. A name that begins with a dot is like any other; case counts. Matching takes time proportional to the
 * length of the path times that of the pattern.
 */
class Glob {
 public:
  explicit Glob(std::string_view pattern);
  bool Matches(std::u32string_view path) const;

 private:
  struct Token {
    enum class Kind {
      kCharacter,
      kAny,
      kSet,
      kStar,
      // Leads to what follows, or into the folders of the next token.
      kFolders,
      kInFolder,
      kBelow,
    };
    Kind kind;
    char32_t character = 0;
    bool inverted = false;
    // First and last of each range.
    std::vector<std::pair<char32_t, char32_t>> ranges{};

    bool Has(char32_t value) const;
  };

  /** Reads the set that begins at `at`; moves behind it. False where it does not end: then `[` is a character. */
  bool ReadSet(std::u32string_view pattern, size_t* at);
  void ReadStars(std::u32string_view pattern, size_t* at);
  /** Adds a place among the tokens, and those that are reached from it without a character. */
  void Reach(size_t place, std::vector<bool>* places) const;
  void Step(size_t place, char32_t value, std::vector<bool>* next) const;

  std::vector<Token> tokens_;
};

}  // namespace penstock
