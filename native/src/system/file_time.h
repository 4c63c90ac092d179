// Times of files.
#pragma once

#include <cstdint>
#include <limits>

namespace penstock {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

/** Since 1970; `nanoseconds` is never negative. */
struct FileTime {
  int64_t seconds = 0;
  int32_t nanoseconds = 0;
};

/** Nanoseconds since 1970. A time before 1677 or after 2262 becomes the nearest one that 64 bits hold. */
inline int64_t NanosecondsOf(const FileTime& time) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  if (time.seconds >= kMost / kNanosecondsPerSecond) return kMost;
  if (time.seconds <= kLeast / kNanosecondsPerSecond) return kLeast;
  return time.seconds * kNanosecondsPerSecond + time.nanoseconds;
}

}  // namespace penstock
