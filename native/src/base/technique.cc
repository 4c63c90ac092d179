#include "base/technique.h"

#include <atomic>

namespace penstock {
namespace {

constexpr const char* kNames[kTechniqueCount] = {"readwrite", "mmap",     "gather",       "sendfile", "splice",
                                                 "direct",    "zerocopy", "transmitfile", "seal",     "unseal",
                                                 "ktls",      "clone",    "copyrange",    "copyfile"};

std::atomic<uint32_t> missing[kDirectionCount];

std::atomic<uint32_t>& MissingMask(Direction direction) { return missing[static_cast<int>(direction)]; }

}  // namespace

const char* TechniqueName(Technique technique) { return kNames[static_cast<int>(technique)]; }

std::optional<Technique> TechniqueFromName(Direction direction, std::string_view name) {
  for (const Technique technique : TechniquesOf(direction)) {
    if (name == TechniqueName(technique)) return technique;
  }
  return std::nullopt;
}

const std::vector<Technique>& TechniquesOf(Direction direction) {
  static const std::vector<Technique> socket = {Technique::kReadWrite, Technique::kMmap,         Technique::kGather,
                                                Technique::kSendfile,  Technique::kSplice,       Technique::kDirect,
                                                Technique::kZerocopy,  Technique::kTransmitFile, Technique::kSeal,
                                                Technique::kUnseal,    Technique::kKtls};
  static const std::vector<Technique> copy = {Technique::kClone, Technique::kCopyRange, Technique::kCopyFile,
                                              Technique::kReadWrite};
  return direction == Direction::kCopy ? copy : socket;
}

bool IsMissingHere(Direction direction, Technique technique) {
  return (MissingMask(direction).load(std::memory_order_relaxed) & (1u << static_cast<int>(technique))) != 0;
}

void RememberMissing(Direction direction, Technique technique) {
  MissingMask(direction).fetch_or(1u << static_cast<int>(technique), std::memory_order_relaxed);
}

}  // namespace penstock
