#include "facts/counters.h"

#include <algorithm>

namespace penstock {
namespace {

uint64_t Microseconds(ThreadUsage::Clock::duration time) {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

/** Brings a thread's part of a counter to `now`. */
void Set(Atomic& field, uint64_t& counted, uint64_t now) {
  if (now >= counted) Counters::Add(field, now - counted);
  else Counters::Take(field, counted - now);
  counted = now;
}

}  // namespace

const char* SysName(Sys call) {
  static constexpr const char* kNames[] = {
      "sendfile",
      "sendto",
      "sendmsg",
      "recvfrom",
      "splice",
      "pread64",
      "pwrite64",
      "read",
      "write",
      "mmap",
      "munmap",
      "madvise",
      "openat",
      "close",
      "statx",
      "ftruncate",
      "lseek",
      "ppoll",
      "pipe2",
      "fcntl",
      "setsockopt",
      "getsockopt",
      "shutdown",
      "sync_file_range",
      "getrusage",
      "fallocate",
      "recvmsg",
      "ioctl",
      "copy_file_range",
      "mlock",
      "openat2",
      "fchmod",
      "utimensat",
      "fstat",
      "fstatfs",
      "preadv2",
      "pwritev2",
      "send",
      "recv",
      "WSASend",
      "TransmitFile",
      "CancelIoEx",
      "ReadFile",
      "WriteFile",
      "CreateFile",
      "ReOpenFile",
      "CloseHandle",
      "closesocket",
      "GetFileInformationByHandle",
      "SetFileInformationByHandle",
      "DeviceIoControl",
      "CreateFileMapping",
      "MapViewOfFile",
      "UnmapViewOfFile",
      "PrefetchVirtualMemory",
      "VirtualLock",
      "WSAEventSelect",
      "WSAEnumNetworkEvents",
      "WaitForMultipleObjects",
      "FlushFileBuffers",
      "GetThreadTimes",
  };
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == static_cast<size_t>(Sys::kCount), "one name a call");
  return kNames[static_cast<size_t>(call)];
}

void ThreadUsage::Fold() {
  const std::optional<ThreadFigures> now = ReadThreadFigures(counters_);
  if (!now) return;
  Atomic* const fields[] = {&counters_.voluntarySwitches,  &counters_.involuntarySwitches, &counters_.userMicroseconds,
                            &counters_.systemMicroseconds, &counters_.minorFaults,         &counters_.majorFaults};
  for (size_t i = 0; i < now->size(); ++i) Counters::Add(*fields[i], (*now)[i] - last_[i]);
  last_ = *now;
  FoldTimes(*now, Clock::now());
}

// Sums since the thread began: the system's figures may be as coarse as its clock tick.
void ThreadUsage::FoldTimes(const ThreadFigures& now, Clock::time_point at) {
  folded_ = at;
  const uint64_t elapsed = Microseconds(at - began_);
  uint64_t explained = now[2] + now[3];
  for (size_t i = 0; i < kWaitingCount; ++i) {
    const uint64_t waited = Microseconds(waited_[i]);
    explained += waited;
    Set(counters_.waitedMicroseconds[i], countedWaits_[i], waited);
  }
  if (work_ == Work::kContent) FoldBlocked(elapsed, explained, at);
  Set(counters_.streamMicroseconds, countedTime_, elapsed);
}

void ThreadUsage::FoldBlocked(uint64_t elapsed, uint64_t explained, Clock::time_point at) {
  if (at >= queueRead_ + kFoldEvery) {
    queueRead_ = at;
    queued_ = ReadQueuedMicroseconds(counters_).value_or(0);
  }
  Set(counters_.blockedMicroseconds, countedBlocked_, elapsed - std::min(elapsed, explained + queued_));
}

}  // namespace penstock
