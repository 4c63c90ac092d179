#include "base/counters.h"
#include "platform.h"

namespace penstock {
namespace {

// In units of 100 ns.
uint64_t Microseconds(const FILETIME& time) {
  return ((uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime) / 10;
}

}  // namespace

// The system does not report page faults and context switches of a thread: these stay 0.
void ThreadUsage::Fold() {
  FILETIME made{};
  FILETIME ended{};
  FILETIME system{};
  FILETIME user{};
  counters_.Count(Sys::kGetThreadTimes);
  if (::GetThreadTimes(::GetCurrentThread(), &made, &ended, &system, &user) == 0) return;
  const uint64_t now[] = {Microseconds(user), Microseconds(system)};
  Atomic* const fields[] = {&counters_.userMicroseconds, &counters_.systemMicroseconds};
  for (size_t i = 0; i < 2; ++i) {
    Counters::Add(*fields[i], now[i] - last_[i]);
    last_[i] = now[i];
  }
}

}  // namespace penstock
