// The techniques by name, and which of them the running kernel lacks.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock {

enum class Technique : uint8_t {
  kReadWrite,
  kMmap,
  kGather,
  kSendfile,
  kSplice,
  kDirect,
  kZerocopy,
  kTransmitFile,
  kSeal,
  kUnseal,
  kKtls,
  // From file to file on one machine.
  kClone,
  kCopyRange,
  kCopyFile,
};
constexpr int kTechniqueCount = 14;

/** What a technique is for: into a socket, out of one, or from file to file. */
enum class Direction { kSend, kReceive, kCopy };
constexpr int kDirectionCount = 3;

const char* TechniqueName(Technique technique);
/** The technique with this name; nothing if there is none for this direction. */
std::optional<Technique> TechniqueFromName(Direction direction, std::string_view name);
/** All techniques of a direction, on any system. */
const std::vector<Technique>& TechniquesOf(Direction direction);

/** Techniques that this build has, best first: the order in which fallback is offered. */
const std::vector<Technique>& BuiltTechniques(Direction direction);

/** True once a call of the technique has failed with ENOSYS in this process. */
bool IsMissingHere(Direction direction, Technique technique);
/** Records an ENOSYS for the life of the process. Errors of one file (EINVAL, EXDEV) must not be recorded. */
void RememberMissing(Direction direction, Technique technique);

}  // namespace penstock
