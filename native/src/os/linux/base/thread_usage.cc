#include <sys/resource.h>

#include "base/counters.h"

namespace penstock {
namespace {

uint64_t Microseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1000000 + static_cast<uint64_t>(time.tv_usec);
}

}  // namespace

void ThreadUsage::Fold() {
  rusage usage{};
  counters_.Count(Sys::kGetrusage);
  if (::getrusage(RUSAGE_THREAD, &usage) != 0) return;
  const std::array<uint64_t, 6> now = {
      static_cast<uint64_t>(usage.ru_nvcsw),  static_cast<uint64_t>(usage.ru_nivcsw),
      Microseconds(usage.ru_utime),           Microseconds(usage.ru_stime),
      static_cast<uint64_t>(usage.ru_minflt), static_cast<uint64_t>(usage.ru_majflt),
  };
  Atomic* const fields[] = {&counters_.voluntarySwitches,  &counters_.involuntarySwitches, &counters_.userMicroseconds,
                            &counters_.systemMicroseconds, &counters_.minorFaults,         &counters_.majorFaults};
  for (size_t i = 0; i < now.size(); ++i) {
    Counters::Add(*fields[i], now[i] - last_[i]);
    last_[i] = now[i];
  }
}

}  // namespace penstock
