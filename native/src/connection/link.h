// One stream's socket: reads and writes over a non-blocking descriptor that wait, with wake-up, idle limit and farewell.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/calls.h"
#include "base/unique_fd.h"
#include "base/wake.h"
#include "connection/sender_watch.h"
#include "session/session.h"
#include "wire/open_frame.h"

namespace penstock {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kIdleLimit{30};
constexpr std::chrono::seconds kKeepaliveEvery{1};
/** A farewell ends when nothing has moved for so long, */
constexpr std::chrono::seconds kFarewellLimit{2};
/** and after this time in any case: 8 MiB of padding through a slow network. */
constexpr std::chrono::seconds kFarewellInAll{10};

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
  /** Waits for something to read count against the sender, and time out where it has exceeded a limit. */
  void SetWatch(SenderWatch* watch) { watch_ = watch; }
  /**
   * Where there is a frame, a KEEPALIVE is sent through it whenever a wait finds that nothing was written for a second;
   * not while it is open. Null turns that off.
   */
  void SetKeepalive(OpenFrame* frame) { keepalive_ = frame; }

  /**
   * Waits until the socket takes a part of it, and returns how many bytes, at least one; `more` leaves the last segment
   * open for what follows at once. For OpenFrame, which counts them.
   */
  size_t WriteSome(const void* data, size_t size, bool more);
  /** The same for several parts; nothing where a page of the first one's mapping cannot be had. */
  std::optional<size_t> WriteSomeParts(iovec* parts, size_t count);
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
  /** Notes that bytes were written, for KEEPALIVE. */
  void NoteSent() { lastSent_ = Clock::now(); }
  void CheckStopping() const;

  /** Sends what waits for more (Nagle) now, or lets it gather again. Nothing on a local pair. */
  void SetNoDelay(bool on);
  /**
   * From here on the session's end no longer counts, but the time: `limit` since the last byte that moved, `inAll` at
   * most. A wait that exceeds it throws SessionStopping, as does every wait once the session is hurried.
   */
  void BeginFarewell(Clock::duration limit, Clock::duration inAll);
  /** Ends writing and drops what still comes until the peer closes or the farewell's time is over. */
  void Linger();

 private:
  enum : unsigned { kReadable = 1, kWritable = 2, kWoken = 4 };
  int Poll(pollfd* fds, size_t count, int timeoutMs);
  unsigned Wait(short events, bool idleLimited, Clock::duration atMost = Clock::duration::max());
  bool MayKeepalive() const;
  Clock::time_point FarewellEnd() const;
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
  OpenFrame* keepalive_ = nullptr;
  SenderWatch* watch_ = nullptr;
  // When the last wait for the sender ended.
  Clock::time_point busySince_ = Clock::now();
  bool handlingBroken_ = false;
  bool farewell_ = false;
  Clock::duration farewellLimit_{};
  Clock::time_point farewellEnd_{};
  Clock::time_point lastHeard_ = Clock::now();
  Clock::time_point lastSent_ = Clock::now();
};

}  // namespace penstock
