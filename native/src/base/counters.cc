#include "base/counters.h"

namespace penstock {

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
}

}  // namespace penstock
