// Which names and paths of a manifest may be created below a target, and which links. UTF-8, on every system; the rules
// are those of the target's system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock {

enum class NameRules { kPosix, kWindows };

/** In units of UTF-16. Many file systems hold fewer, so many bytes of UTF-8: which, the target is asked. */
constexpr size_t kMaxComponent = 255;
/** In the units of the system: bytes of UTF-8, on Windows units of UTF-16. */
constexpr size_t kMaxPath = 4096;
constexpr size_t kMaxDepth = 256;

/** Prefix of Penstock's own names at the top of a target. */
constexpr std::string_view kOwnPrefix = ".penstock-";

/** What is wrong with a name or path. */
enum class NameFault : uint8_t {
  kNone,
  kEmpty,
  kAbsolute,
  kDrive,
  kDots,
  kNotUtf8,
  kSurrogate,
  kControl,
  kCharacter,
  kTrailing,
  kReserved,
  kOwn,
  kLongComponent,
  kLongPath,
  kDeep,
};

/** The problem's code (main/contract/errors.ts) and its `why`; both null for kNone. */
struct NameProblem {
  const char* code;
  const char* why;
};
NameProblem ProblemOf(NameFault fault);

/** Whether one component of a path may be created. */
NameFault ComponentFault(std::string_view name, NameRules rules);

/**
 * Whether a path may be created below a target. An accepted path stays inside: no `..`, absolute path, drive letter,
 * backslash where it separates folders, or device name.
 */
NameFault PathFault(std::string_view path, NameRules rules);

/** Bytes of kOwnPrefix at the start of `text`, as a file system that folds case compares it; 0 where it is not there. */
size_t OwnPrefixBytes(std::string_view text);

/**
 * Whether a link's target, resolved by its text alone, stays inside the link's top entry. `..` is allowed only at the
 * start: after a name that is itself a link, it would continue from that link's target.
 */
bool LinkStaysInside(std::string_view link, std::string_view target);

}  // namespace penstock
