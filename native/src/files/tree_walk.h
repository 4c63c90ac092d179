// The entries below a folder, in pieces, for the manifest.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/failure.h"

namespace penstock {

/** Type bits of `modes`, the same on every system (those of POSIX). */
constexpr uint32_t kTypeBits = 0170000;
constexpr uint32_t kTypeFolder = 0040000;
constexpr uint32_t kTypeFile = 0100000;

/** Entries of a tree, each at the same place of every list. */
struct TreePiece {
  /** Number of the folder that holds the entry, counted over all pieces; -1 for the root of the walk. */
  std::vector<int32_t> parents;
  /** The names as the system has them, each followed by a zero byte. */
  std::string names;
  /** Type and permission bits; 0 if the entry could not be examined. */
  std::vector<uint32_t> modes;
  /** Bytes. */
  std::vector<double> sizes;
  /** Last change of the content, in nanoseconds since 1970. */
  std::vector<int64_t> times;
  /** Where the links point, in the order of the lists, each followed by a zero byte. Empty where the caller must read them. */
  std::string targets;
  /**
   * Entries that could not be examined, read or listed, by their place in the lists. Without an errno value if a regular
   * file does not have the size that the system reports.
   */
  std::vector<Failure> failures;
};

/** Whether the file at this real path has the size that the system reports. Throws SystemError if it cannot be read. */
bool ReportsSize(const std::string& path);

/** Walks a folder: parents before their entries, names in the order of their bytes. Follows no link. */
class TreeWalk {
 public:
  /** Entries deeper than this below the folder are listed but not entered. */
  static constexpr size_t kMaxDepth = 256;

  explicit TreeWalk(std::string path);
  ~TreeWalk();
  TreeWalk(const TreeWalk&) = delete;
  TreeWalk& operator=(const TreeWalk&) = delete;

  /** The next entries, about `limit`; empty at the end. Throws SystemError if the folder itself cannot be listed. */
  TreePiece Next(size_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace penstock
