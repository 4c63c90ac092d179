#include "facts/counters.h"
#include "platform.h"

namespace penstock {

// The system does not report page faults and context switches of a thread.
std::optional<ThreadFigures> ReadThreadFigures(Counters& counters) {
  FILETIME made{};
  FILETIME ended{};
  FILETIME system{};
  FILETIME user{};
  counters.Count(Sys::kGetThreadTimes);
  if (::GetThreadTimes(::GetCurrentThread(), &made, &ended, &system, &user) == 0) return std::nullopt;
  // In units of 100 ns.
  const auto microseconds = [](const FILETIME& time) {
    return ((uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime) / 10;
  };
  return ThreadFigures{0, 0, microseconds(user), microseconds(system), 0, 0};
}

// The system does not report it.
std::optional<uint64_t> ReadQueuedMicroseconds(Counters& /*counters*/) { return std::nullopt; }

}  // namespace penstock
