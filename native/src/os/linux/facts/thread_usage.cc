#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "facts/counters.h"
#include "system/unique_fd.h"

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

// schedstat: nanoseconds on a processor, nanoseconds in its run queue, time slices.
std::optional<uint64_t> ReadQueuedMicroseconds(Counters& counters) {
  counters.Count(Sys::kOpenat);
  const UniqueFd file(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return std::nullopt;
  char text[128];
  counters.Count(Sys::kRead);
  const ssize_t size = ::read(file.get(), text, sizeof text - 1);
  counters.Count(Sys::kClose);
  if (size <= 0) return std::nullopt;
  text[size] = '\0';
  char* second = nullptr;
  std::strtoull(text, &second, 10);
  return std::strtoull(second, nullptr, 10) / 1000;
}

}  // namespace penstock
