#include "base/technique.h"

#include <atomic>
#include <iterator>

namespace penstock {
namespace {

constexpr const char* kNames[kTechniqueCount] = {"readwrite", "mmap",   "gather",   "sendfile",
                                                 "splice",    "direct", "zerocopy", "transmitfile"};

std::atomic<uint32_t> missing[2];

std::atomic<uint32_t>& MissingMask(Direction direction) { return missing[direction == Direction::kSend ? 0 : 1]; }

}  // namespace

const char* TechniqueName(Technique technique) { return kNames[static_cast<int>(technique)]; }

std::optional<Technique> TechniqueFromName(std::string_view name) {
  for (int i = 0; i < kTechniqueCount; ++i) {
    if (name == kNames[i]) return static_cast<Technique>(i);
  }
  return std::nullopt;
}

bool IsMissingHere(Direction direction, Technique technique) {
  return (MissingMask(direction).load(std::memory_order_relaxed) & (1u << static_cast<int>(technique))) != 0;
}

void RememberMissing(Direction direction, Technique technique) {
  MissingMask(direction).fetch_or(1u << static_cast<int>(technique), std::memory_order_relaxed);
}

}  // namespace penstock
