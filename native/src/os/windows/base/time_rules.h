// Times of Windows (100 ns since 1601) and of POSIX (nanoseconds since 1970), as pure functions.
#pragma once

#include <cstdint>

namespace penstock {

/** From 1601 to 1970, in units of 100 ns. */
constexpr int64_t kUnixEpoch = 116444736000000000;

/** Units of 100 ns since 1601 for a time since 1970; what is finer is rounded down. */
constexpr int64_t FileTimeUnits(int64_t seconds, int32_t nanoseconds) {
  return kUnixEpoch + seconds * 10000000 + nanoseconds / 100;
}

constexpr int64_t NanosecondsOfUnits(int64_t units) { return (units - kUnixEpoch) * 100; }

}  // namespace penstock
