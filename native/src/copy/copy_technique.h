// Ways of copying a file to another on the same machine, without a socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock {

enum class CopyTechnique : uint8_t { kClone, kCopyRange, kCopyFile };
constexpr int kCopyTechniqueCount = 3;

const char* CopyTechniqueName(CopyTechnique technique);
std::optional<CopyTechnique> CopyTechniqueFromName(std::string_view name);

/** Copy techniques that this build has, best first. */
const std::vector<CopyTechnique>& BuiltCopyTechniques();

/** True once the kernel has answered ENOSYS to it in this process; answers about one file are never kept. */
bool IsCopyMissingHere(CopyTechnique technique);
void RememberCopyMissing(CopyTechnique technique);

}  // namespace penstock
