// thread_info of Mach: CPU time of the calling thread. The system counts switches and faults only for the process.
#include <mach/mach.h>

#include "facts/counters.h"

namespace penstock {

std::optional<ThreadFigures> ReadThreadFigures(Counters& /*counters*/) {
  thread_basic_info info{};
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  const mach_port_t self = ::mach_thread_self();
  const kern_return_t result = ::thread_info(self, THREAD_BASIC_INFO, reinterpret_cast<thread_info_t>(&info), &count);
  ::mach_port_deallocate(::mach_task_self(), self);
  if (result != KERN_SUCCESS) return std::nullopt;
  const auto microseconds = [](const time_value_t& time) {
    return static_cast<uint64_t>(time.seconds) * 1000000 + static_cast<uint64_t>(time.microseconds);
  };
  return ThreadFigures{0, 0, microseconds(info.user_time), microseconds(info.system_time), 0, 0};
}

// The system does not report it.
std::optional<uint64_t> ReadQueuedMicroseconds(Counters& /*counters*/) { return std::nullopt; }

}  // namespace penstock
