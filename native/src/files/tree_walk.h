// What is below a folder, in pieces: for the list of what is to be sent.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace penstock {

/** Type bits of `modes`, the same on every system (those of POSIX). */
constexpr uint32_t kTypeBits = 0170000;
constexpr uint32_t kTypeFolder = 0040000;
constexpr uint32_t kTypeFile = 0100000;

/** What a failure says of a regular file that does not have the size that the system reports. */
constexpr char kSizeUnknown[] = "SIZE_UNKNOWN";

/** An entry that could not be looked at, read or listed: its place in the piece, and the errno value's name or kSizeUnknown. */
struct TreeFailure {
  uint32_t at = 0;
  std::string code;
};

/** Entries of a tree, each at the same place of every list. */
struct TreePiece {
  /** Number of the folder that the entry lies in, counted over all pieces; -1 for the folder that is walked. */
  std::vector<int32_t> parents;
  /** The names as the system has them, a zero byte behind each. */
  std::string names;
  /** Type and permission bits; 0 where the entry could not be looked at. */
  std::vector<uint32_t> modes;
  /** Bytes. */
  std::vector<double> sizes;
  /** Last change of the content, in nanoseconds since 1970. */
  std::vector<int64_t> times;
  std::vector<TreeFailure> failures;
};

/** Whether the file at this real path has the size that the system reports. Throws FileError where it cannot be read. */
bool ReportsSize(const std::string& path);

/** Walks a folder: parents before what is in them, names in the order of their bytes, no link followed. */
class TreeWalk {
 public:
  /** Entries deeper than this below the folder are listed but not entered. */
  static constexpr size_t kMaxDepth = 256;

  explicit TreeWalk(std::string path);
  ~TreeWalk();
  TreeWalk(const TreeWalk&) = delete;
  TreeWalk& operator=(const TreeWalk&) = delete;

  /** The next entries, about `limit`; empty at the end. Throws FileError where the folder itself cannot be listed. */
  TreePiece Next(size_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace penstock
