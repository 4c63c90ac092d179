// Fills a manifest from the file system.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "files/manifest/manifest.h"
#include "files/names/names.h"
#include "files/source/exclusions.h"
#include "files/source/tree_level.h"

namespace penstock {

/** A path that the user named. */
struct WalkTop {
  /** Absolute, without links. */
  std::string path;
  /** The name under which it is sent, different for each. */
  std::string name;
};

/**
 * Walks given paths in order: parents before their entries, names in the order of their bytes. Follows no link. What cannot be
 * sent is listed in the manifest's LeftOut, and the walk goes on.
 */
class ManifestWalk {
 public:
  ManifestWalk(Manifest& manifest, const std::vector<std::string>& exclusions)
      : manifest_(manifest), exclusions_(exclusions) {}

  /** Returns early after Stop. */
  void Run(const std::vector<WalkTop>& tops);
  /** From any thread. */
  void Stop() { stopped_.store(true, std::memory_order_relaxed); }

 private:
  /** A folder that is being walked. */
  struct Level {
    std::unique_ptr<TreeLevel> entries;
    uint32_t index;
    std::string path;
  };

  void AddTop(const WalkTop& top);
  void AddTree(const WalkTop& top, const TreeEntry& entry);
  /** The next entry of the innermost folder. */
  void AddNext();
  void AddFolder(const TreeEntry& entry, std::string path);
  void AddLink(TreeEntry entry, const std::string& path);
  /** Whether a name may be sent. If not, lists it. */
  bool IsSafe(const std::string& path);
  void LeaveOut(const std::string& path, const char* code, bool byPolicy, const char* parameter = "",
                std::string value = "");
  void Unreadable(const std::string& path, const Failure& failure);
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  Manifest& manifest_;
  const Exclusions exclusions_;
  std::atomic<bool> stopped_{false};
  // The number of the given path.
  uint32_t top_ = 0;
  std::vector<Level> levels_;
};

}  // namespace penstock
