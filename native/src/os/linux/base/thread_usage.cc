#include <sys/resource.h>

#include "base/counters.h"

namespace penstock {

std::optional<ThreadFigures> ReadThreadFigures(Counters& counters) {
  rusage usage{};
  counters.Count(Sys::kGetrusage);
  if (::getrusage(RUSAGE_THREAD, &usage) != 0) return std::nullopt;
  const auto number = [](long value) { return static_cast<uint64_t>(value); };
  const auto microseconds = [](const timeval& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1000000 + static_cast<uint64_t>(time.tv_usec);
  };
  return ThreadFigures{number(usage.ru_nvcsw),       number(usage.ru_nivcsw), microseconds(usage.ru_utime),
                       microseconds(usage.ru_stime), number(usage.ru_minflt), number(usage.ru_majflt)};
}

}  // namespace penstock
