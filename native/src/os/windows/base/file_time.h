// FILETIME as numbers.
#pragma once

#include <cstdint>

#include "os/windows/base/time_rules.h"
#include "platform.h"

namespace penstock {

/** Units of 100 ns since 1601. */
inline int64_t UnitsOf(const FILETIME& time) {
  return static_cast<int64_t>((uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime);
}

inline FileTime TimeOf(const FILETIME& time) { return TimeOfUnits(UnitsOf(time)); }

/** Nanoseconds since 1970. */
inline int64_t NanosecondsOf(const FILETIME& time) { return NanosecondsOfUnits(UnitsOf(time)); }

}  // namespace penstock
