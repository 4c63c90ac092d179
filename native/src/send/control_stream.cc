#include "send/control_stream.h"

namespace penstock {

SendControlStream::SendControlStream(UniqueSocket socket, const StreamKeys& keys, SendSession& session, Wake& wake)
    : session_(session),
      usage_(session.counters(), ThreadUsage::Work::kControl),
      link_(std::move(socket), session, wake, usage_) {
  // Control frames are small, and the receiver waits for them.
  link_.SetNoDelay(true);
  link_.Protect(keys, TransportKind::kSealed);
  link_.SetKeepalive(&frame_);
}

void SendControlStream::Run() {
  try {
    AwaitContent();
    control_.SendEnd();
    while (!control_.done()) {
      if (link_.WaitReadableOrWake(true, Waiting::kCommit)) ReadInbound();
    }
    usage_.Fold();
  } catch (const StreamStop& stop) {
    session_.End(stop.end);
    Farewell(session_.end().value_or(stop.end));
  } catch (const SessionStopping&) {
    if (const auto end = session_.end()) Farewell(*end);
  }
}

void SendControlStream::AwaitContent() {
  while (!session_.ContentSent()) {
    if (const auto stop = session_.brokenStream()) StopByReason(link_, *stop, [this] { ReadInbound(); });
    if (link_.WaitReadableOrWake(true, Waiting::kIdle)) ReadInbound();
  }
}

void SendControlStream::ReadInbound() {
  while (!control_.done()) {
    const auto frame = inbox_.Next();
    if (!frame) return;
    control_.Take(frame->header, frame->body);
  }
}

void SendControlStream::Farewell(const SessionEnd& end) {
  usage_.Fold();
  if (end.kind == SessionEnd::Kind::kPeerError || end.kind == SessionEnd::Kind::kDone || control_.done()) return;
  // The receiver sees that the connection closes, and ends for the same reason.
  if (end.failure.code == Code::kPeerGone) return;
  const auto limit = session_.hurried() ? Clock::duration::zero() : kFarewellLimit;
  try {
    link_.BeginFarewell(limit, session_.hurried() ? Clock::duration::zero() : kFarewellInAll);
    control_.Cancel(end, [this] { ReadInbound(); });
  } catch (const StreamStop&) {
    // CANCEL cannot be sent: the receiver sees the connection end.
  } catch (const SessionStopping&) {
  }
}

}  // namespace penstock
