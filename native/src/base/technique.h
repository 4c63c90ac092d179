// The techniques by name, and the process-wide memory of those that the kernel does not have.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock {

enum class Technique : uint8_t { kReadWrite, kMmap, kGather, kSendfile, kSplice, kDirect, kZerocopy, kTransmitFile };
constexpr int kTechniqueCount = 8;

const char* TechniqueName(Technique technique);
std::optional<Technique> TechniqueFromName(std::string_view name);

/** Which direction a technique is asked for. */
enum class Direction { kSend, kReceive };

/** Techniques that this build has, best first: the order in which fallback is offered. */
const std::vector<Technique>& BuiltTechniques(Direction direction);

/** True once the kernel has answered ENOSYS to it in this process. */
bool IsMissingHere(Direction direction, Technique technique);
/**
 * Remembers an ENOSYS for the life of the process. Answers about one file (EINVAL, EXDEV) must not be
 * remembered.
 */
void RememberMissing(Direction direction, Technique technique);

}  // namespace penstock
