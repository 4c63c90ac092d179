#include "files/manifest/manifest_samples.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr size_t kPreviewEntries = 1000;
constexpr size_t kPreviewBytes = 1 << 20;

}  // namespace

std::vector<uint32_t> PreviewOf(const Manifest& manifest) {
  std::vector<uint32_t> preview;
  size_t bytes = 0;
  // False once there is no room.
  const auto add = [&](uint32_t index) {
    bytes += manifest.PathOf(index).size() + manifest.TargetOf(manifest[index]).size();
    if (preview.size() == kPreviewEntries || bytes > kPreviewBytes) return false;
    preview.push_back(index);
    return true;
  };
  for (const uint32_t top : manifest.tops()) {
    if (!add(top)) return preview;
  }
  const uint32_t size = manifest.size();
  for (uint32_t index = 0; index < size; ++index) {
    if (manifest[index].parent != kNoParent && !add(index)) return preview;
  }
  return preview;
}

std::vector<uint32_t> SampleOf(const Manifest& manifest, size_t limit) {
  const uint32_t size = manifest.size();
  const uint32_t files = manifest.totals().files;
  if (files == 0 || limit == 0) return {};
  const size_t step = (files + limit - 1) / limit;
  uint32_t largest = 0;
  uint64_t largestBytes = 0;
  size_t number = 0;
  std::vector<uint32_t> spread;
  for (uint32_t index = 0; index < size; ++index) {
    const ManifestEntry& entry = manifest[index];
    if (entry.type != EntryType::kFile) continue;
    if (number == 0 || entry.size > largestBytes) {
      largest = index;
      largestBytes = entry.size;
    }
    if (number % step == 0) spread.push_back(index);
    ++number;
  }
  spread.erase(std::remove(spread.begin(), spread.end(), largest), spread.end());
  spread.insert(spread.begin(), largest);
  return spread;
}

}  // namespace penstock
