// The steps of a commit, by the means of each system.
#pragma once

#include <memory>

#include "files/target/file_ops.h"

namespace penstock {

/// Each step throws SystemError, and returns false if it keeps what is there. `kept` says what of the mode and the time is not as
/// it was sent.
class CommitSteps {
 public:
  virtual ~CommitSteps() = default;
  virtual bool MakeDirectory(const CommitEntry& entry) = 0;
  virtual bool PlaceFile(const CommitEntry& entry, Kept* kept) = 0;
  virtual bool PlaceSymlink(const CommitEntry& entry, Kept* kept) = 0;
  virtual bool SetDirectoryTimes(const CommitEntry& entry, Kept* kept) = 0;
};

std::unique_ptr<CommitSteps> MakeCommitSteps(const Folder& target, const Folder& staging);

}  // namespace penstock
