// A folder that is being walked, by the means of each system.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/failure.h"

namespace penstock {

class TreeLevel;

/** An entry as the manifest has it. */
struct TreeEntry {
  /** As the system has it. */
  std::string name;
  /** Type and permission bits. */
  uint32_t mode = 0;
  double size = 0;
  /** Last change of the content, in nanoseconds since 1970. */
  int64_t time = 0;
  /** Where a link points; nothing where the system's own way of reading it is left to the caller. */
  std::optional<std::string> target;
  /** Why it cannot be examined, read or listed; without an errno value if its size is not known. */
  std::optional<Failure> failure;
  /** The entries of a folder; null for one that has none, or that was not opened. */
  std::unique_ptr<TreeLevel> below;
};

/** The entries of one folder, by the bytes of their names. */
class TreeLevel {
 public:
  virtual ~TreeLevel() = default;
  virtual bool AtEnd() const = 0;
  /** The next entry. `enter`: opens a folder. */
  virtual TreeEntry Next(bool enter) = 0;
};

/** The folder at the path that the user gave, following links in it. Throws SystemError if it cannot be listed. */
std::unique_ptr<TreeLevel> OpenTree(const std::string& path);

}  // namespace penstock
