// The folders that hold the files to be sent.
#pragma once

#include <string>
#include <string_view>

#include "base/source_path.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

/**
 * Opens the folder of one file after the other, and keeps the last one, since neighbours share it. Below the folder that the
 * user gave no link is followed: one that takes a folder's place cannot lead elsewhere. Belongs to one thread.
 */
class SourceFolder {
 public:
  explicit SourceFolder(Calls& calls) : calls_(calls) {}
  ~SourceFolder();

  /** The open folder of the file, which is valid until the next call; -1 with errno. */
  int Of(const SourcePath& file);

 private:
  /** A folder that stays open, and its path. */
  struct Kept {
    std::string path;
    UniqueFd fd;
  };

  bool OpenRoot(std::string_view path);
  void Close(Kept& kept);

  Calls& calls_;
  Kept root_;
  Kept folder_;
};

}  // namespace penstock
