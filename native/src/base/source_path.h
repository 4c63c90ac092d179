// Where a file to be sent lies.
#pragma once

#include <cstddef>
#include <string>

namespace penstock {

struct SourcePath {
  /** Absolute. */
  std::string path;
  /**
   * How many bytes of `path` name the folder that the user gave: from there on no link is followed. 0 where the user gave the
   * file itself.
   */
  size_t root = 0;

  bool operator==(const SourcePath& other) const { return path == other.path; }
};

}  // namespace penstock
