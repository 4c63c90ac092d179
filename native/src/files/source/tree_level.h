// A folder that is being walked, by the means of each system.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "errors/failure.h"
#include "files/source/not_kept.h"

namespace penstock {

/** Type bits of `mode`, the same on every system (those of POSIX). */
constexpr uint32_t kTypeBits = 0170000;
constexpr uint32_t kTypeFolder = 0040000;
constexpr uint32_t kTypeFile = 0100000;
constexpr uint32_t kTypeLink = 0120000;

/** An entry as the system has it. */
struct TreeEntry {
  /** Not always UTF-8. */
  std::string name;
  /** Type and permission bits; 0 if it could not be examined. */
  uint32_t mode = 0;
  uint64_t size = 0;
  /** Bytes that it occupies on its disk. */
  uint64_t allocatedBytes = 0;
  /** Last change of the content, since 1970. */
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  /** Of a link, with the system's separators; not always UTF-8. */
  std::string target;
  /** Why it cannot be examined or read; without an errno value if its size is not known. */
  std::optional<Failure> failure;
  NotKeptTable<bool> notKept{};
};

/** The entries of one folder, by the bytes of their names. Follows no link. */
class TreeLevel {
 public:
  virtual ~TreeLevel() = default;
  virtual bool AtEnd() const = 0;
  virtual TreeEntry Next() = 0;
  /** Lists the folder that Next returned last. 0, or errno. */
  virtual int Enter(const TreeEntry& folder, std::unique_ptr<TreeLevel>* below) = 0;
};

/** A file or folder at an absolute path without links, without its name. Throws SystemError if there is none. */
TreeEntry ExamineTop(const std::string& path);
/** The folder at an absolute path. Throws SystemError if it cannot be listed. */
std::unique_ptr<TreeLevel> OpenTree(const std::string& path);

}  // namespace penstock
