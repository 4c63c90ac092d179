// How long a sender may make a receiver wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace penstock {

/** What a receiver grants its sender. */
struct SenderLimits {
  /** Between two pieces of content while all streams wait for the sender; other frames do not count. */
  std::chrono::milliseconds stall{60000};
  /** From the first stream's connection to the last one's. */
  std::chrono::milliseconds streams{30000};
  /** In all, to take the error that ends the session: a large frame may have to be completed through a slow network. */
  std::chrono::milliseconds farewell{10000};
};

/** One for all streams of a receiver, the control stream among them. Thread-safe. */
class SenderWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /** `streams` that carry content are announced. */
  SenderWatch(int streams, SenderLimits limits) : streams_(streams), limits_(limits) {}

  const SenderLimits& limits() const { return limits_; }

  /** The control stream has connected. */
  void ControlBegins();
  /** A stream that carries content has connected. */
  void StreamBegins();
  /** A stream that carries content has ended. */
  void StreamEnds();
  /** All has been received: the sender owes nothing. */
  void SenderEnds();
  /**
   * Content was received. Less than kLeastContent within the limit does not count: a trickle would hold a session
   * forever.
   */
  void Moved(uint64_t bytes);
  /** A frame other than KEEPALIVE was received. */
  void FrameCame() { Moved(kLeastContent); }

  /** A stream begins to wait for its sender. It has been busy since `busySince`. */
  void WaitBegins(Clock::time_point busySince);
  void WaitEnds();
  /** For a stream that waits: whether the sender has exceeded a limit. */
  bool Exceeded() const;

 private:
  static constexpr uint64_t kLeastContent = 4096;

  const int streams_;
  const SenderLimits limits_;

  /** With the lock. */
  void Begin();

  mutable std::mutex mutex_;
  // All below need the lock.
  int begun_ = 0;
  int active_ = 0;
  int waiting_ = 0;
  bool ended_ = false;
  Clock::time_point firstBegan_{};
  uint64_t moved_ = 0;
  Clock::time_point lastMoved_{};
};

}  // namespace penstock
