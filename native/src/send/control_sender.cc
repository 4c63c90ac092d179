#include "send/control_sender.h"

namespace penstock {

void ControlSender::Take(const Header& header, const uint8_t* body) {
  switch (header.type) {
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted:
      HandleReport(header, body);
      break;
    case FrameType::kDone:
      if (!endSent_ || !session_.TakeDone(DecodeDone(body))) FailStream(Code::kProtocol);
      done_ = true;
      break;
    case FrameType::kError:
      session_.NoteReceiverError(CodeFromWire(GetU32(body)));
      throw StreamStop{
          SessionEnd{SessionEnd::Kind::kPeerError, {CodeFromWire(GetU32(body)), ErrnoFromWire(GetU32(body + 4))}}};
    default:
      break;
  }
}

void ControlSender::HandleReport(const Header& header, const uint8_t* body) {
  const auto runs = DecodeRuns(header, body);
  if (!endSent_ || !runs || !session_.TakeReport(header.type, *runs)) FailStream(Code::kProtocol);
}

void ControlSender::SendEnd() {
  link_.SetNoDelay(true);
  ending_ = true;
  frame_.Send(EmptyFrame(FrameType::kEnd));
  NoteEnd();
}

void ControlSender::NoteEnd() {
  endSent_ = true;
  session_.NoteEnd();
}

void ControlSender::Cancel(const SessionEnd& end, const std::function<void()>& read) {
  const bool hurried = session_.hurried();
  // An END that was cut is completed as well, but not one of which nothing was sent.
  const bool completesEnd = ending_ && !endSent_ && frame_.begun();
  for (const uint32_t file : frame_.Complete()) {
    frame_.Send(CodeFrame(FrameType::kFileFailed, file, Code::kCancelled, 0), true);
  }
  if (completesEnd) NoteEnd();
  frame_.Send(CodeFrame(FrameType::kCancel, 0, end.failure.code, 0));
  if (!endSent_ || end.kind != SessionEnd::Kind::kCancelled || hurried) {
    link_.Linger();
    return;
  }
  // After END the receiver may have begun to commit: then it completes the commit and sends DONE. Otherwise it sends ERROR.
  link_.BeginFarewell(session_.verdict().silence, session_.verdict().inAll);
  while (!done_) {
    link_.WaitReadable();
    read();
  }
}

}  // namespace penstock
