// Times of Windows (100 ns since 1601) and of POSIX (nanoseconds since 1970), as pure functions.
#pragma once

#include <cstdint>

#include "system/file_time.h"

namespace penstock {

/** From 1601 to 1970, in units of 100 ns. */
constexpr int64_t kUnixEpoch = 116444736000000000;

/** Units of 100 ns since 1601 for a time since 1970; what is finer is rounded down. */
constexpr int64_t FileTimeUnits(int64_t seconds, int32_t nanoseconds) {
  return kUnixEpoch + seconds * 10000000 + nanoseconds / 100;
}

/** Whether Windows has the time: from 1601, where a time of 0 means none, to 30828. */
constexpr bool IsWindowsTime(int64_t seconds) { return seconds > -11644473600 && seconds <= 910692730085; }

/** The other way round. */
constexpr FileTime TimeOfUnits(int64_t units) {
  constexpr int64_t kSecond = 10000000;
  const int64_t seconds = units / kSecond - kUnixEpoch / kSecond;
  return {seconds, static_cast<int32_t>(units % kSecond * 100)};
}

constexpr int64_t NanosecondsOfUnits(int64_t units) { return (units - kUnixEpoch) * 100; }

}  // namespace penstock
