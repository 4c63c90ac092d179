// thread_info of Mach: CPU time of the calling thread. The system counts switches and faults only for the process:
// these stay 0.
#include <mach/mach.h>

#include "base/counters.h"

namespace penstock {
namespace {

uint64_t Microseconds(const time_value_t& time) {
  return static_cast<uint64_t>(time.seconds) * 1000000 + static_cast<uint64_t>(time.microseconds);
}

}  // namespace

void ThreadUsage::Fold() {
  thread_basic_info info{};
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  const mach_port_t self = ::mach_thread_self();
  const kern_return_t result = ::thread_info(self, THREAD_BASIC_INFO, reinterpret_cast<thread_info_t>(&info), &count);
  ::mach_port_deallocate(::mach_task_self(), self);
  if (result != KERN_SUCCESS) return;
  const uint64_t user = Microseconds(info.user_time);
  const uint64_t system = Microseconds(info.system_time);
  Counters::Add(counters_.userMicroseconds, user - last_[2]);
  Counters::Add(counters_.systemMicroseconds, system - last_[3]);
  last_[2] = user;
  last_[3] = system;
}

}  // namespace penstock
