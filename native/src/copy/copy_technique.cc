#include "copy/copy_technique.h"

#include <atomic>

namespace penstock {
namespace {

constexpr const char* kNames[kCopyTechniqueCount] = {"clone", "copyrange", "copyfile"};

std::atomic<uint32_t> missing{0};

uint32_t Bit(CopyTechnique technique) { return 1u << static_cast<int>(technique); }

}  // namespace

const char* CopyTechniqueName(CopyTechnique technique) { return kNames[static_cast<int>(technique)]; }

std::optional<CopyTechnique> CopyTechniqueFromName(std::string_view name) {
  for (int i = 0; i < kCopyTechniqueCount; ++i) {
    if (name == kNames[i]) return static_cast<CopyTechnique>(i);
  }
  return std::nullopt;
}

bool IsCopyMissingHere(CopyTechnique technique) {
  return (missing.load(std::memory_order_relaxed) & Bit(technique)) != 0;
}

void RememberCopyMissing(CopyTechnique technique) { missing.fetch_or(Bit(technique), std::memory_order_relaxed); }

}  // namespace penstock
