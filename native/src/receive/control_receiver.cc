#include "receive/control_receiver.h"

#include <algorithm>

namespace penstock {

void ControlReceiver::StopByCancel(const uint8_t* body) {
  throw StreamStop{SessionEnd{SessionEnd::Kind::kPeerError, {CodeFromWire(GetU32(body))}}};
}

void ControlReceiver::AwaitEnd() {
  for (;;) {
    if (const auto stop = session_.brokenStream()) StopByReason(link_, *stop, [this] { ReadUntilEnd(); });
    if (link_.WaitReadableOrWake(true, Waiting::kIdle) && ReadUntilEnd()) return;
  }
}

bool ControlReceiver::ReadUntilEnd() {
  while (const auto frame = inbox_.Next()) {
    if (frame->header.type == FrameType::kCancel) StopByCancel(frame->body);
    if (frame->header.type == FrameType::kEnd) return true;
  }
  return false;
}

void ControlReceiver::Finish() {
  endRead_ = true;
  session_.EndRead();
  AwaitFinish();
  // The sender may ask for the figures once it has DONE.
  usage_.Fold();
  SendReport();
}

void ControlReceiver::AwaitFinish() {
  while (!session_.finishing()) {
    if (const auto stop = session_.brokenStream()) throw *stop;
    try {
      ReadAfterEnd();
      link_.WaitReadableOrWake(false, WaitForFinish());
    } catch (const StreamStop&) {
      if (session_.TakeEnd()) throw;
      // Too late: the commit has begun, and the answer is DONE.
      while (!session_.finishing()) link_.WaitForWake(WaitForFinish());
    }
  }
}

void ControlReceiver::ReadAfterEnd() {
  while (const auto frame = inbox_.Next()) {
    if (frame->header.type == FrameType::kCancel) StopByCancel(frame->body);
    if (frame->header.type != FrameType::kKeepalive) FailStream(Code::kProtocol);
  }
}

void ControlReceiver::SendRuns(FrameType type, const std::vector<EntryRun>& runs) {
  for (size_t at = 0; at < runs.size(); at += kMaxEntryRuns) {
    frame_.SendBytes(RunsFrame(type, &runs[at], std::min(kMaxEntryRuns, runs.size() - at)), true);
  }
}

void ControlReceiver::SendReport() {
  link_.SetKeepalive(nullptr);
  const DeliveryReport report = session_.TakeReport();
  SendRuns(FrameType::kDelivered, report.delivered);
  SendRuns(FrameType::kNotDelivered, report.notDelivered);
  SendRuns(FrameType::kNoted, report.notes);
  frame_.Send(DoneFrame(report.done));
  try {
    link_.BeginFarewell(std::chrono::seconds(5), std::chrono::seconds(5));
    link_.Linger();
  } catch (const SessionStopping&) {
    // DONE was sent. A sender that does not close changes nothing.
  } catch (const StreamStop&) {
  }
}

void ControlReceiver::Farewell(const SessionEnd& end) {
  if (end.kind == SessionEnd::Kind::kDone) return;
  // After END a sender needs an answer to distinguish a cancelled transfer from a lost connection.
  if (end.kind == SessionEnd::Kind::kPeerError && !endRead_) return;
  // The sender sees that the connection closes, and ends for the same reason.
  if (end.failure.code == Code::kPeerGone) return;
  const bool hurried = session_.hurried();
  try {
    link_.BeginFarewell(hurried ? Clock::duration::zero() : kFarewellLimit,
                        hurried ? Clock::duration::zero() : session_.watch().limits().farewell);
    frame_.Complete();
    frame_.Send(CodeFrame(FrameType::kError, 0, end.failure.code, end.failure.error));
    link_.Linger();
  } catch (const StreamStop&) {
    // ERROR cannot be sent: the sender sees the connection end.
  } catch (const SessionStopping&) {
  }
}

}  // namespace penstock
