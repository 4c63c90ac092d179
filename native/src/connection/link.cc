#include "connection/link.h"

#include <algorithm>
#include <cerrno>

namespace penstock {
namespace {

// A wake-up costs about as much as copying 50 KB: wait for more bytes as long as the sender is fast.
constexpr uint64_t kLowWaterBytes = 256 << 10;
constexpr std::chrono::milliseconds kLowWaterLimit{20};

int MillisecondsUntil(Clock::time_point when) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left + 1, 0, 60000));
}

}  // namespace

Link::Link(UniqueSocket socket, Session& session, Wake& wake, ThreadUsage& usage)
    : socket_(std::move(socket)),
      session_(session),
      wake_(wake),
      usage_(usage),
      calls_(session.counters()),
      transport_(MakePlainTransport(calls_, socket_.get())),
      tcp_(calls_.IsTcp(socket_.get())) {}

void Link::Protect(const StreamKeys& keys, TransportKind kind) {
  std::unique_ptr<Transport> transport;
  if (kind == TransportKind::kKernelTls) {
    transport = MakeKernelTlsTransport(calls_, socket_.get(), keys);
    if (!transport) session_.NoteFellBack(Technique::kKtls, {Code::kNone, errno, "setsockopt"});
  }
  if (!transport) transport = MakeSealedTransport(calls_, socket_.get(), keys);
  // A caller has keys only if the machine has a cipher library.
  if (!transport) FailStream(Code::kInternal, "dlopen");
  transport_ = std::move(transport);
}

void Link::CheckStopping() const {
  if (!farewell_ && session_.stopping()) throw SessionStopping{};
}

void Link::Broken(int error, const char* syscall) {
  if (!farewell_ && !handlingBroken_ && onBroken_) {
    handlingBroken_ = true;
    onBroken_();
  }
  FailStream(CodeForConnectionErrno(error), syscall);
}

int Link::Poll(pollfd* fds, size_t count, int timeoutMs, Waiting why) {
  if (farewell_) return calls_.Poll(fds, count, timeoutMs);
  const auto began = Clock::now();
  FoldSometimes(began);
  const int ready = PollWatched(fds, count, timeoutMs);
  usage_.Waited(why, Clock::now() - began);
  return ready;
}

int Link::PollWatched(pollfd* fds, size_t count, int timeoutMs) {
  if (watch_ == nullptr || (fds[0].events & POLLIN) == 0) return calls_.Poll(fds, count, timeoutMs);
  watch_->WaitBegins(busySince_);
  const int ready = calls_.Poll(fds, count, timeoutMs);
  const bool exceeded = watch_->Exceeded();
  watch_->WaitEnds();
  busySince_ = Clock::now();
  if (exceeded) FailStream(Code::kTimedOut);
  return ready;
}

unsigned Link::Wait(short events, bool idleLimited, Waiting why, Clock::duration atMost) {
  CheckStopping();
  if (farewell_ && session_.hurried()) throw SessionStopping{};
  // poll(2) does not report what the transport has already received.
  if ((events & POLLIN) != 0 && transport_->HasReceived()) return kReadable;
  if (MayKeepalive() && Clock::now() >= lastSent_ + kKeepaliveEvery)
    keepalive_->Send(EmptyFrame(FrameType::kKeepalive));
  if (transport_->HasUnsent()) FlushUnsent();
  const bool unsent = transport_->HasUnsent();
  Clock::time_point until = farewell_ ? FarewellEnd() : Clock::time_point::max();
  if (atMost != Clock::duration::max()) until = std::min(until, Clock::now() + atMost);
  if (!farewell_ && idleLimited) until = std::min(until, lastReceived_ + kIdleLimit);
  if (MayKeepalive()) until = std::min(until, lastSent_ + kKeepaliveEvery);
  pollfd fds[2] = {{socket_.get(), static_cast<short>(unsent ? events | POLLOUT : events), 0}, {wake_.fd(), POLLIN, 0}};
  const int timeout = until == Clock::time_point::max() ? -1 : MillisecondsUntil(until);
  const int ready = Poll(fds, 2, timeout, why);
  if (ready < 0 && errno != EINTR) FailStream(Code::kInternal, "ppoll");
  unsigned result = 0;
  if (ready > 0) {
    if ((fds[0].revents & POLLERR) && onErrorQueue_) onErrorQueue_();
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) result |= kReadable;
    if (fds[0].revents & (POLLOUT | POLLHUP | POLLERR)) {
      if (unsent) FlushUnsent();
      if (!transport_->HasUnsent()) result |= kWritable;
    }
    if (fds[1].revents & POLLIN) {
      calls_.counters().Count(Sys::kRead);
      wake_.Clear();
      result |= kWoken;
    }
  }
  CheckStopping();
  if (result == 0) {
    const auto now = Clock::now();
    if (farewell_ && now >= FarewellEnd()) throw SessionStopping{};
    if (!farewell_ && idleLimited && now >= lastReceived_ + kIdleLimit) FailStream(Code::kTimedOut);
  }
  return result;
}

void Link::FlushUnsent() {
  const size_t before = transport_->unsent();
  const int error = transport_->Flush() == 0 ? 0 : errno;
  if (transport_->unsent() < before) NoteSent();
  if (error != 0 && error != EAGAIN && error != EINTR) Broken(error, "sendto");
}

// A KEEPALIVE inside another frame would be read as part of it.
bool Link::MayKeepalive() const { return keepalive_ != nullptr && !farewell_ && !keepalive_->open(); }

Clock::time_point Link::FarewellEnd() const {
  return std::min(farewellEnd_, std::max(lastReceived_, lastSent_) + farewellLimit_);
}

void Link::WaitWritable() {
  for (;;) {
    const unsigned ready = Wait(static_cast<short>(onReadable_ ? POLLOUT | POLLIN : POLLOUT), true);
    if ((ready & kReadable) && onReadable_) onReadable_();
    if (ready & kWritable) return;
  }
}

void Link::WaitErrorQueue() {
  // poll(2) reports an error without being asked, and it counts as readable.
  const bool ready = (Wait(onReadable_ ? POLLIN : 0, true) & kReadable) != 0;
  if (ready && onReadable_) onReadable_();
}

void Link::SetLowWater(int bytes) {
  if (!tcp_ || lowWater_ == bytes) return;
  lowWater_ = bytes;
  calls_.SetOption(socket_.get(), SOL_SOCKET, SO_RCVLOWAT, bytes);
}

void Link::WaitReadable(uint64_t wanted) {
  SetLowWater(static_cast<int>(std::clamp<uint64_t>(wanted, 1, kLowWaterBytes)));
  if (lowWater_ > 1) {
    if ((Wait(POLLIN, true, Waiting::kSocket, kLowWaterLimit) & kReadable) != 0) return;
    SetLowWater(1);
  }
  while ((Wait(POLLIN, true) & kReadable) == 0) {
  }
}

bool Link::WaitReadableOrWake(bool idleLimited, Waiting why) {
  SetLowWater(1);
  return (Wait(POLLIN, idleLimited, why) & kReadable) != 0;
}

void Link::WaitForWake(Waiting why) {
  // No event was requested: the one that poll(2) reports is the end of the connection.
  if ((Wait(0, false, why) & kReadable) != 0) FailStream(Code::kPeerGone, "ppoll");
}

size_t Link::WriteSome(const void* data, size_t size, bool more) {
  for (;;) {
    const ssize_t sent = transport_->Send(data, size, more);
    if (sent > 0) return static_cast<size_t>(sent);
    if (errno == EAGAIN) {
      WaitWritable();
    } else if (errno != EINTR) {
      Broken(errno, "sendto");
    }
  }
}

std::optional<size_t> Link::WriteSomeParts(iovec* parts, size_t count) {
  for (;;) {
    const ssize_t sent = transport_->SendVector(parts, count);
    if (sent > 0) return static_cast<size_t>(sent);
    if (errno == EFAULT) return std::nullopt;
    if (errno == EAGAIN) {
      WaitWritable();
    } else if (errno != EINTR) {
      Broken(errno, "sendmsg");
    }
  }
}

bool Link::Read(void* data, size_t size) {
  auto* at = static_cast<uint8_t*>(data);
  size_t got = 0;
  while (got < size) {
    CheckStopping();
    const ssize_t n = transport_->Receive(at + got, size - got);
    if (n > 0) {
      got += static_cast<size_t>(n);
      NoteProgress();
    } else if (n == 0) {
      if (got == 0) return false;
      Broken(0, "recvfrom");
    } else if (errno == EAGAIN) {
      WaitReadable(size - got);
    } else if (errno != EINTR) {
      Broken(errno, "recvfrom");
    }
  }
  return true;
}

size_t Link::ReadSome(void* data, size_t size) {
  for (;;) {
    const ssize_t n = transport_->Receive(data, size);
    if (n > 0) {
      NoteProgress();
      return static_cast<size_t>(n);
    }
    if (n == 0) FailStream(Code::kPeerGone, "recvfrom");
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) FailStream(CodeForConnectionErrno(errno), "recvfrom");
  }
}

void Link::SetNoDelay(bool on) {
  if (!tcp_ || noDelay_ == on) return;
  noDelay_ = on;
  calls_.SetOption(socket_.get(), IPPROTO_TCP, TCP_NODELAY, on ? 1 : 0);
}

void Link::BeginFarewell(Clock::duration limit, Clock::duration inAll) {
  farewell_ = true;
  lastSent_ = Clock::now();
  farewellLimit_ = limit;
  farewellEnd_ = lastSent_ + inAll;
}

void Link::Linger() {
  while (transport_->HasUnsent()) WaitWritable();
  transport_->EndSending();
  uint8_t dropped[16384];
  for (;;) {
    const ssize_t n = transport_->Drop(dropped, sizeof dropped);
    if (n == 0) return;
    if (n > 0) NoteProgress();
    if (Clock::now() >= FarewellEnd()) return;
    if (n > 0 || errno == EINTR) continue;
    if (errno == EAGAIN) {
      WaitReadable();
    } else if (!IsRecordErrno(errno) || (Wait(0, false) & kReadable) != 0) {
      return;
    }
  }
}

}  // namespace penstock
