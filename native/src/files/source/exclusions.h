// What the user leaves out of a transfer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "files/source/glob.h"

namespace penstock {

/**
 * Patterns as in .gitignore. A pattern without a slash matches a name at any depth, given paths included. One with a slash
 * matches a path from the name of a given folder on, or from inside it. One that ends with a slash matches folders only.
 */
class Exclusions {
 public:
  explicit Exclusions(const std::vector<std::string>& patterns);
  /** `path`: as it is sent. What lies in an excluded folder is excluded with it. */
  bool Exclude(std::string_view path, bool isFolder) const;

 private:
  struct Pattern {
    Glob glob;
    bool foldersOnly;
    bool ofPath;
  };

  std::vector<Pattern> patterns_;
};

}  // namespace penstock
