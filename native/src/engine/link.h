// One stream's socket: whole writes and whole reads over a non-blocking descriptor, with wake-up, idle limit
// and good-bye.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "calls.h"
#include "engine/frame.h"
#include "engine/session.h"
#include "engine/unique_fd.h"
#include "engine/wake.h"

namespace penstock {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kIdleLimit{30};
constexpr std::chrono::seconds kKeepaliveEvery{1};
constexpr std::chrono::seconds kFarewellLimit{2};
/** How long a sender that has cancelled after END waits for the end of a commit that had begun. */
constexpr std::chrono::seconds kVerdictLimit{30};

/**
 * Belongs to one thread. Its calls throw SessionStopping when the session ends while they wait, and
 * StreamStop when the
 * connection or the idle limit ends it. During a farewell only a time limit counts.
 */
class Link {
 public:
  Link(UniqueSocket socket, Session& session, Wake& wake);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { calls_.CloseSocket(socket_.release()); }

  Descriptor fd() const { return socket_.get(); }
  Calls& calls() { return calls_; }

  /** Called whenever there is something to read while a write waits; nullptr where nothing is expected. */
  void OnReadable(std::function<void()> handler) { onReadable_ = std::move(handler); }
  /** Called on a failed write before the connection is given up: the reason may lie unread in the socket. */
  void OnBroken(std::function<void()> handler) { onBroken_ = std::move(handler); }
  /** Called whenever a wait finds the socket's error queue or error state raised. */
  void OnErrorQueue(std::function<void()> handler) { onErrorQueue_ = std::move(handler); }
  /** With `on`, a KEEPALIVE goes out whenever a wait finds that nothing was written for a second. */
  void SetKeepalive(bool on) { keepalive_ = on; }

  /** Writes all of it; `more` leaves the last segment open for what follows at once. */
  void Write(const void* data, size_t size, bool more = false);
  void Write(const SmallFrame& frame, bool more = false) { Write(frame.bytes.data(), frame.size, more); }
  /** Writes all parts with as few calls as the socket takes. */
  void WriteParts(iovec* parts, size_t count);
  /**
   * The same for parts that lie in mappings of files. False where a page of the part at `*taken` is gone; what came
   * before it has been sent. `*taken` counts the parts that were sent whole.
   */
  bool WriteMapped(iovec* parts, size_t count, size_t* taken);
  /** Reads exactly `size` bytes. False when the peer closed before the first of them; peer-gone after it. */
  bool Read(void* data, size_t size);
  /** Reads what is there, at most `size`; 0 when nothing is. Throws peer-gone when the peer has closed. */
  size_t ReadSome(void* data, size_t size);

  /** Waits until the socket takes bytes; reads through OnReadable meanwhile. */
  void WaitWritable();
  /**
   * Waits until `wanted` bytes can be read, or fewer where they are slow to come: one wake-up for many segments. A hint
   * only; what there is may be less.
   */
  void WaitReadable(uint64_t wanted = 1);
  /** Waits until the error queue has something; reads through OnReadable meanwhile. */
  void WaitErrorQueue();
  /**
   * Waits for something to read or a wake-up. True when there is something to read. `idleLimited`: may time
   * out.
   */
  bool WaitReadableOrWake(bool idleLimited);
  /** Waits for a wake-up and leaves what there is to read unread. */
  void WaitForWake();

  /** What a step of a technique on this socket answered about the connection; throws for it. */
  [[noreturn]] void Broken(int error, const char* syscall);
  /** Notes that bytes moved, for the idle limit. */
  void NoteProgress() { lastHeard_ = Clock::now(); }
  void NoteSent() { lastSent_ = Clock::now(); }
  void CheckStopping() const;

  /** True when a Write was left with a part of its bytes sent: nothing more can be said on this stream. */
  bool cut() const { return cut_; }

  /** Sends what waits for more (Nagle) now, or lets it gather again. Nothing on a local pair. */
  void SetNoDelay(bool on);
  /** From here on only `limit` counts, not the session's end. */
  void BeginFarewell(Clock::duration limit);
  /** Ends writing and drops what still comes until the peer closes or the farewell's time is over. */
  void Linger();

 private:
  enum : unsigned { kReadable = 1, kWritable = 2, kWoken = 4 };
  unsigned Wait(short events, bool idleLimited, Clock::duration atMost = Clock::duration::max());
  void MaybeKeepalive();
  void SetLowWater(int bytes);

  UniqueSocket socket_;
  Session& session_;
  Wake& wake_;
  Calls calls_;
  std::function<void()> onReadable_;
  std::function<void()> onBroken_;
  std::function<void()> onErrorQueue_;
  bool tcp_ = false;
  bool noDelay_ = false;
  int lowWater_ = 1;
  bool keepalive_ = false;
  bool inKeepalive_ = false;
  bool handlingBroken_ = false;
  bool farewell_ = false;
  bool cut_ = false;
  Clock::time_point farewellEnd_{};
  Clock::time_point lastHeard_ = Clock::now();
  Clock::time_point lastSent_ = Clock::now();
};

}  // namespace penstock
