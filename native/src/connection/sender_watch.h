// How long a sender may make a receiver wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace penstock {

/** What a receiver grants its sender. */
struct SenderLimits {
  /** Between two pieces of content while all streams wait for the sender, whatever else it sends. */
  std::chrono::milliseconds stall{60000};
  /** From the first stream's connection to the last one's. */
  std::chrono::milliseconds streams{30000};
  /** In all, to take the error that ends the session: a large frame may have to be completed through a slow network. */
  std::chrono::milliseconds farewell{10000};
};

/** One for all streams of a receiver. Thread-safe. */
class SenderWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /** `streams` are announced. */
  SenderWatch(int streams, SenderLimits limits) : streams_(streams), limits_(limits) {}

  const SenderLimits& limits() const { return limits_; }

  /** A stream has connected. */
  void StreamBegins();
  /** A stream has come to its END; once all have, the sender owes nothing. */
  void StreamEnds();
  /** Content has come. What is less than kLeastContent within the limit does not count: it would hold a session for ever. */
  void Moved(uint64_t bytes);
  /** Another frame than KEEPALIVE has come whole. */
  void FrameCame() { Moved(kLeastContent); }

  /** A stream begins to wait for its sender; it has been busy by itself since then. */
  void WaitBegins(Clock::time_point busySince);
  void WaitEnds();
  /** For a stream within a wait: whether the sender has exceeded a limit. */
  bool Exceeded() const;

 private:
  static constexpr uint64_t kLeastContent = 4096;

  const int streams_;
  const SenderLimits limits_;

  mutable std::mutex mutex_;
  // All below need the lock.
  int begun_ = 0;
  int ended_ = 0;
  int waiting_ = 0;
  Clock::time_point firstBegan_{};
  uint64_t moved_ = 0;
  Clock::time_point lastMoved_{};
};

}  // namespace penstock
