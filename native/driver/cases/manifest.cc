#include "files/manifest/manifest.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "cases/cases.h"
#include "files/manifest/manifest_lines.h"
#include "files/manifest/manifest_samples.h"
#include "files/source/manifest_walk.h"
#include "harness.h"

namespace driver {

using namespace penstock;

namespace {

constexpr int kFolders = 60;
constexpr int kFilesInEach = 50;

void MakeTree(const std::string& root) {
  for (int folder = 0; folder < kFolders; ++folder) {
    const std::string path = root + "/folder-" + std::to_string(folder);
    std::filesystem::create_directories(path);
    for (int file = 0; file < kFilesInEach; ++file) std::ofstream(path + "/" + std::to_string(file)) << "x";
  }
}

/** Reads all that is published, as often as it grows. */
void ReadWhileItGrows(Manifest& manifest, const std::atomic<bool>& complete) {
  uint32_t seen = 0;
  while (!complete) {
    const uint32_t size = manifest.size();
    Check(size >= seen, "a manifest does not shrink");
    ManifestLines(manifest, seen, size);
    for (; seen < size; ++seen) {
      const ManifestEntry& entry = manifest[seen];
      Check(entry.parent == kNoParent || entry.parent < seen, "parents first");
      Check(manifest.SourceOf(seen).path.size() > manifest.NameOf(entry).size(), "a path ends with its name");
    }
    manifest.totals();
    PreviewOf(manifest);
    manifest.leftOut().count();
  }
}

}  // namespace

void GrowingManifest() {
  Scratch scratch;
  const std::string root = scratch.path() + "/tree";
  MakeTree(root);
  Manifest manifest;
  ManifestWalk walk(manifest, {"17", "folder-5?"});
  std::atomic<bool> complete{false};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] { ReadWhileItGrows(manifest, complete); });
  }
  walk.Run({{root, "tree"}});
  complete = true;
  for (std::thread& reader : readers) reader.join();
  const uint32_t folders = kFolders - 10;
  Check(manifest.totals().directories == folders + 1, "every folder but the excluded");
  Check(manifest.totals().files == folders * (kFilesInEach - 1), "every file but the excluded");
  Check(manifest.leftOut().excluded() == 10 + folders, "what is excluded is counted");

  Manifest stopped;
  ManifestWalk endless(stopped, {});
  std::thread walker([&] { endless.Run({{"/", "root"}}); });
  while (stopped.size() < 100) std::this_thread::yield();
  endless.Stop();
  walker.join();
}

}  // namespace driver
