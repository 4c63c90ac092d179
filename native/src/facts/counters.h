// What a session's own threads have done: atomics that any thread may sample.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/technique.h"
#include "system/map_options.h"

namespace penstock {

/** System calls that the engine makes, by the names that strace prints, and Windows has. */
enum class Sys : uint8_t {
  kSendfile,
  kSendto,
  kSendmsg,
  kRecvfrom,
  kSplice,
  kPread64,
  kPwrite64,
  kRead,
  kWrite,
  kMmap,
  kMunmap,
  kMadvise,
  kOpenat,
  kClose,
  kStatx,
  kFtruncate,
  kLseek,
  kPpoll,
  kPipe2,
  kFcntl,
  kSetsockopt,
  kGetsockopt,
  kShutdown,
  kSyncFileRange,
  kGetrusage,
  kFallocate,
  kRecvmsg,
  kIoctl,
  kCopyFileRange,
  kMlock,
  kOpenat2,
  kFchmod,
  kUtimensat,
  kFstat,
  kFstatfs,
  kPreadv2,
  kPwritev2,
  // Of Windows, by the names of its API.
  kSend,
  kRecv,
  kWSASend,
  kTransmitFile,
  kCancelIoEx,
  kReadFile,
  kWriteFile,
  kCreateFile,
  kReOpenFile,
  kCloseHandle,
  kCloseSocket,
  kGetFileInformation,
  kSetFileInformation,
  kDeviceIoControl,
  kCreateFileMapping,
  kMapViewOfFile,
  kUnmapViewOfFile,
  kPrefetchVirtualMemory,
  kVirtualLock,
  kWSAEventSelect,
  kWSAEnumNetworkEvents,
  kWaitForMultipleObjects,
  kFlushFileBuffers,
  kGetThreadTimes,
  kCount,
};

const char* SysName(Sys call);

using Atomic = std::atomic<uint64_t>;

/** Results of one map option. */
struct MapOptionFigures {
  /** Windows that it was done to. */
  Atomic windows{0};
  /** Why it could not be done to the last of the others. */
  std::atomic<int> error{0};
};

/** Why a stream's thread waits in poll(2). */
enum class Waiting : uint8_t {
  /** Until the socket takes bytes or has some. */
  kSocket,
  /** For VERIFIED: the unverified bytes fill the window, or nothing else is left to send. */
  kWindow,
  /** For the receiver's commit, at either end. */
  kCommit,
  /** It has no work: no file is known, or only other streams have work. */
  kIdle,
  kCount,
};

constexpr size_t kWaitingCount = static_cast<size_t>(Waiting::kCount);

/** Each field is a separate atomic: a sample is not one moment, which is fine for figures that only grow. */
struct Counters {
  std::array<Atomic, static_cast<size_t>(Sys::kCount)> calls{};
  Atomic bytes{0};
  Atomic holeBytes{0};
  Atomic verifiedBytes{0};
  Atomic filesDone{0};
  Atomic userCopyBytes{0};
  /** Of `bytes`, without holes, by the technique that moved them; what small files take through a buffer is readwrite. */
  std::array<Atomic, kTechniqueCount> bytesBy{};
  /** Of those by `direct`: read or written past the page cache. */
  Atomic directBytes{0};
  /** Of those by `readwrite`: read or written without a trace in the page cache, and why others were not. */
  Atomic uncachedBytes{0};
  std::atomic<int> uncachedError{0};
  /** Of those by `copyrange`: from a file on another device than the target's. */
  Atomic rangeAcrossBytes{0};
  Atomic checkBytes{0};
  Atomic kernelCopiedBytes{0};
  /** Windows of a file that `mmap` has sent from, and what was done to them. */
  Atomic mapWindows{0};
  std::array<MapOptionFigures, kMapOptionCount> mapOptions{};
  Atomic voluntarySwitches{0};
  Atomic involuntarySwitches{0};
  Atomic userMicroseconds{0};
  Atomic systemMicroseconds{0};
  Atomic minorFaults{0};
  Atomic majorFaults{0};
  /** Time of all streams, as of their last folds; of it in poll(2), by reason; and blocked in other calls, on files. */
  Atomic streamMicroseconds{0};
  std::array<Atomic, kWaitingCount> waitedMicroseconds{};
  Atomic blockedMicroseconds{0};

  void Count(Sys call) { calls[static_cast<size_t>(call)].fetch_add(1, std::memory_order_relaxed); }
  static void Add(Atomic& field, uint64_t value) { field.fetch_add(value, std::memory_order_relaxed); }
  void Moved(Technique by, uint64_t size) {
    Add(bytes, size);
    Add(bytesBy[static_cast<size_t>(by)], size);
  }
  static void Take(Atomic& field, uint64_t value) { field.fetch_sub(value, std::memory_order_relaxed); }
};

/**
 * Voluntary and involuntary switches, microseconds in user mode and in the kernel, minor and major faults; 0 if the
 * system does not count them for a thread.
 */
using ThreadFigures = std::array<uint64_t, 6>;
/** Of the calling thread, since it began; nothing if the call fails. Counts its own call. */
std::optional<ThreadFigures> ReadThreadFigures(Counters& counters);

/**
 * Microseconds in which the calling thread could have run and waited for a processor, since it began; nothing where the
 * system does not report them. Counts its own calls.
 */
std::optional<uint64_t> ReadQueuedMicroseconds(Counters& counters);

/**
 * Adds what the calling thread has used since the last call to the session's counters. One for each thread.
 *
 * No call on a socket blocks but poll(2), whose time is measured. So a thread that neither runs nor waits there nor for a
 * processor is blocked on a file: that time needs no clock around each call, and includes page faults.
 */
class ThreadUsage {
 public:
  using Clock = std::chrono::steady_clock;

  /** What the thread does: only one that opens files can be blocked on them. */
  enum class Work : uint8_t { kContent, kControl };

  explicit ThreadUsage(Counters& counters, Work work = Work::kContent) : counters_(counters), work_(work) {}
  void Fold();
  /** Folds unless that was done a moment ago: for live figures, wherever the time is known anyway. */
  void FoldSometimes(Clock::time_point now) {
    if (now >= folded_ + kFoldEvery) Fold();
  }
  /** The thread was in poll(2). */
  void Waited(Waiting why, Clock::duration time) { waited_[static_cast<size_t>(why)] += time; }

 private:
  static constexpr std::chrono::milliseconds kFoldEvery{250};

  void FoldTimes(const ThreadFigures& now, Clock::time_point at);
  void FoldBlocked(uint64_t elapsed, uint64_t explained, Clock::time_point at);

  Counters& counters_;
  const Work work_;
  ThreadFigures last_{};
  const Clock::time_point began_ = Clock::now();
  Clock::time_point folded_ = began_;
  // Since it began; `counted` have been added to the counters.
  std::array<Clock::duration, kWaitingCount> waited_{};
  std::array<uint64_t, kWaitingCount> countedWaits_{};
  uint64_t countedTime_ = 0;
  uint64_t countedBlocked_ = 0;
  Clock::time_point queueRead_ = began_;
  uint64_t queued_ = 0;
};

}  // namespace penstock
