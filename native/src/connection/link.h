// One stream's socket: reads and writes over a non-blocking descriptor that wait, with wake-up, idle limit and farewell.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "connection/sender_watch.h"
#include "connection/transport.h"
#include "session/session.h"
#include "system/calls.h"
#include "system/unique_fd.h"
#include "system/wake.h"
#include "wire/open_frame.h"

namespace penstock {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kIdleLimit{30};
constexpr std::chrono::seconds kKeepaliveEvery{1};
/** A farewell ends when nothing has moved for this time, */
constexpr std::chrono::seconds kFarewellLimit{2};
/** and after this time in any case: 8 MiB of padding over a slow network. */
constexpr std::chrono::seconds kFarewellInAll{10};
/** After a content stream has broken: time for the peer's reason to arrive on the control stream. */
constexpr std::chrono::seconds kReasonLimit{1};

/**
 * Belongs to one thread. Calls throw SessionStopping when the session ends while they wait, and StreamStop when the
 * connection fails or the idle limit passes. During a farewell only time limits count.
 */
class Link {
 public:
  /** The time of waits is added to `usage`. */
  Link(UniqueSocket socket, Session& session, Wake& wake, ThreadUsage& usage);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { calls_.CloseSocket(socket_.release()); }

  Descriptor fd() const { return socket_.get(); }
  Transport& transport() { return *transport_; }
  /** From now on all data is sealed with these keys, both ways; `kKernelTls` falls back to `kSealed`. */
  void Protect(const StreamKeys& keys, TransportKind kind);
  Calls& calls() { return calls_; }

  /** Called when there is data to read while a write waits; nullptr if none is expected. */
  void OnReadable(std::function<void()> handler) { onReadable_ = std::move(handler); }
  /** Called after a write has failed, before the connection is closed: the reason may be unread in the socket. */
  void OnBroken(std::function<void()> handler) { onBroken_ = std::move(handler); }
  /** Called when a wait finds the socket's error queue or error state set. */
  void OnErrorQueue(std::function<void()> handler) { onErrorQueue_ = std::move(handler); }
  /** Waits for data count against the sender, and time out if it has exceeded a limit. */
  void SetWatch(SenderWatch* watch) { watch_ = watch; }
  /**
   * Sends a KEEPALIVE through this frame when a wait finds that nothing was written for a second, unless the frame is
   * open. Null turns that off.
   */
  void SetKeepalive(OpenFrame* frame) { keepalive_ = frame; }

  /**
   * Writes a part of the data, waiting until the socket takes at least one byte, and returns how many. `more`: data
   * that follows at once may share the last segment. For OpenFrame, which counts the bytes.
   */
  size_t WriteSome(const void* data, size_t size, bool more);
  /** The same for several parts; nothing if a page of the first one's mapping is not available. */
  std::optional<size_t> WriteSomeParts(iovec* parts, size_t count);
  /** Reads exactly `size` bytes. False when the peer has closed before the first one; throws peer-gone after it. */
  bool Read(void* data, size_t size);
  /**
   * Reads the bytes that are there, at most `size`; 0 if there are none. Throws peer-gone when the peer has closed.
   */
  size_t ReadSome(void* data, size_t size);

  /** Waits until the socket is writable; reads through OnReadable during the wait. */
  void WaitWritable();
  /**
   * Waits until `wanted` bytes can be read, or fewer if they arrive slowly: one wake-up for many segments. Only a
   * hint; fewer may be there.
   */
  void WaitReadable(uint64_t wanted = 1);
  /** Waits until the error queue has an entry; reads through OnReadable during the wait. */
  void WaitErrorQueue();
  /** Waits for data or a wake-up. True when there is data. `idleLimited`: may time out. */
  bool WaitReadableOrWake(bool idleLimited, Waiting why);
  /** Waits for a wake-up without reading. */
  void WaitForWake(Waiting why);

  /** Ends the stream for an error of the connection. */
  [[noreturn]] void Broken(int error, const char* syscall);
  /** Records that bytes were received, for the idle limit. */
  void NoteProgress() {
    lastReceived_ = Clock::now();
    FoldSometimes(lastReceived_);
  }
  /** Records that bytes were written, for KEEPALIVE. */
  void NoteSent() {
    lastSent_ = Clock::now();
    FoldSometimes(lastSent_);
  }
  void CheckStopping() const;

  /** Sends held data now (TCP_NODELAY), or lets Nagle's algorithm gather it again. No effect on a local pair. */
  void SetNoDelay(bool on);
  /**
   * From now on the end of the session has no effect, only time limits: `limit` since the last byte that moved, `inAll`
   * at most. A wait that exceeds one throws SessionStopping, as does every wait once the session is hurried.
   */
  void BeginFarewell(Clock::duration limit, Clock::duration inAll);
  /** Ends what this side sends and drops what arrives until the peer closes or a limit of the farewell has passed. */
  void Linger();

 private:
  enum : unsigned { kReadable = 1, kWritable = 2, kWoken = 4 };
  int Poll(pollfd* fds, size_t count, int timeoutMs, Waiting why);
  int PollWatched(pollfd* fds, size_t count, int timeoutMs);
  unsigned Wait(short events, bool idleLimited, Waiting why = Waiting::kSocket,
                Clock::duration atMost = Clock::duration::max());
  bool MayKeepalive() const;
  /** A farewell is no part of the transfer, and its report may have been made. */
  void FoldSometimes(Clock::time_point now) {
    if (!farewell_) usage_.FoldSometimes(now);
  }
  Clock::time_point FarewellEnd() const;
  void FlushUnsent();
  void SetLowWater(int bytes);

  UniqueSocket socket_;
  Session& session_;
  Wake& wake_;
  ThreadUsage& usage_;
  Calls calls_;
  std::unique_ptr<Transport> transport_;
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
  Clock::time_point lastReceived_ = Clock::now();
  Clock::time_point lastSent_ = Clock::now();
};

/**
 * The peer closes its content streams when it ends the transfer, and sends the reason on the control stream: `read`, called
 * for all that arrives there, throws it. Throws `stop` if none arrives.
 */
template <typename Read>
[[noreturn]] void StopByReason(Link& link, const StreamStop& stop, Read read) {
  try {
    link.BeginFarewell(kReasonLimit, kReasonLimit);
    for (;;) {
      link.WaitReadable();
      read();
    }
  } catch (const SessionStopping&) {
    // No reason arrived.
  }
  throw stop;
}

}  // namespace penstock
