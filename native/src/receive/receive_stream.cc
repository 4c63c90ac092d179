#include "receive/receive_stream.h"

#include <algorithm>
#include <cerrno>

namespace penstock {

ReceiveStream::ReceiveStream(UniqueSocket socket, StreamKind kind, ReceiveSession& session, Wake& wake)
    : session_(session),
      kind_(kind),
      usage_(session.counters()),
      link_(std::move(socket), session, wake, usage_),
      ranges_(session, link_),
      content_(link_.calls(), session.options().dontCache) {
  // Frames of a receiver are small, and the sender waits for them.
  link_.SetNoDelay(true);
  link_.SetWatch(&session.watch());
}

void ReceiveStream::Run(const StreamStart& start) {
  try {
    if (!start.hello.empty()) frame_.SendBytes(start.hello);
    if (start.keys) link_.Protect(*start.keys, session_.options().transport);
    session_.NoteTransport(link_.transport().kind());
    link_.SetKeepalive(&frame_);
    ReceiveFrames();
    // Windows moves no folder that has an open one in it.
    CloseFolder();
    session_.StreamEnded();
    if (kind_ == StreamKind::kBody) control_.Finish();
    usage_.Fold();
  } catch (const StreamStop& stop) {
    usage_.Fold();
    if (kind_ == StreamKind::kContent && stop.end.failure.code == Code::kPeerGone) {
      session_.StreamBroke(stop);
    } else if (session_.TakeEnd()) {
      session_.End(stop.end);
      if (kind_ == StreamKind::kBody) control_.Farewell(stop.end);
    }
  } catch (const SessionStopping&) {
    usage_.Fold();
    const auto end = session_.end();
    if (end && kind_ == StreamKind::kBody) control_.Farewell(*end);
  }
}

Header ReceiveStream::ReadHeader() {
  HeaderBytes bytes;
  // Between two frames, before END: the sender has closed.
  if (!link_.Read(bytes.data(), bytes.size())) FailStream(Code::kPeerGone, "recvfrom");
  const auto header = DecodeHeader(bytes.data(), From::kSender, kind_);
  if (!header) FailStream(Code::kProtocol);
  return *header;
}

void ReceiveStream::ReadBody(uint8_t* to, size_t size) {
  if (!link_.Read(to, size)) FailStream(Code::kPeerGone, "recvfrom");
}

void ReceiveStream::ReceiveFrames() {
  for (;;) {
    const Header header = ReadHeader();
    switch (header.type) {
      case FrameType::kData:
        OnData(header);
        break;
      case FrameType::kBatch:
        OnBatch(header);
        break;
      case FrameType::kHole:
        OnHole(header);
        break;
      case FrameType::kFileEnd:
        OnFileEnd(header);
        break;
      case FrameType::kFileFailed:
        OnFileFailed(header, false);
        break;
      case FrameType::kCancel:
        OnCancel();
      case FrameType::kKeepalive:
        break;
      case FrameType::kEnd:
      case FrameType::kStreamEnd:
        return;
      default:
        FailStream(Code::kProtocol);  // a CHECK without its DATA
    }
    if (header.type != FrameType::kKeepalive) session_.watch().FrameCame();
    WriteBack();
  }
}

// Before END no commit can have begun.
void ReceiveStream::OnCancel() {
  uint8_t body[8];
  ReadBody(body, sizeof body);
  ControlReceiver::StopByCancel(body);
}

void ReceiveStream::AwaitFile(uint32_t index) {
  while (!session_.files().IsDecided(index)) link_.WaitForWake(Waiting::kIdle);
}

void ReceiveStream::OnData(const Header& header) {
  AwaitFile(header.file);
  const auto claim = session_.files().BeginRange(header.file, header.offset, header.length, false);
  if (claim.verdict == ReceiveFiles::Verdict::kViolation) FailStream(Code::kProtocol);
  uint32_t expected = 0;
  if (claim.verdict == ReceiveFiles::Verdict::kDiscard) {
    ranges_.Discard(header.length);
    if (session_.options().check) ReadCheck(header, &expected);
    frame_.Send(LengthFrame(FrameType::kVerified, 0, header.file, header.offset, header.length));
    return;
  }
  StagedFile& file = *claim.file;
  Opened(file);
  const uint32_t crc = ReceiveRange(file, header);
  usage_.Fold();
  if (session_.options().check) {
    // FILE_FAILED came instead: the range is not the content of the file.
    if (!ReadCheck(header, &expected)) {
      frame_.Send(LengthFrame(FrameType::kVerified, 0, header.file, header.offset, header.length));
      return;
    }
    const bool lost = session_.files().IsLost(file.index);
    if (!lost && crc != expected) return RequestAgain(file, header.offset, header.length);
    if (!lost) Counters::Add(session_.counters().verifiedBytes, header.length);
  }
  RangeDone(file, header.offset, header.length);
}

uint32_t ReceiveStream::ReceiveRange(const StagedFile& file, const Header& header) {
  if (session_.files().IsLost(file.index)) {
    ranges_.Discard(header.length);
    return 0;
  }
  const auto got = ranges_.Receive(file, header.offset, header.length);
  if (got.lost != 0) LoseOne(file.index, file.fd, got.lost);
  return got.crc;
}

bool ReceiveStream::ReadCheck(const Header& data, uint32_t* crc) {
  for (;;) {
    const Header header = ReadHeader();
    if (header.type == FrameType::kKeepalive) continue;
    if (header.type == FrameType::kCancel) OnCancel();
    if (header.file != data.file) FailStream(Code::kProtocol);
    if (header.type == FrameType::kFileFailed) {
      OnFileFailed(header, true);
      return false;
    }
    if (header.type != FrameType::kCheck || header.offset != data.offset) FailStream(Code::kProtocol);
    uint8_t body[12];
    ReadBody(body, sizeof body);
    if (GetU64(body) != data.length) FailStream(Code::kProtocol);
    *crc = GetU32(body + 8);
    return true;
  }
}

void ReceiveStream::RequestAgain(StagedFile& file, uint64_t offset, uint64_t length) {
  if (session_.files().RangeBad(file, offset, length) > kMaxRetries) FailStream(Code::kCheckFailed);
  Counters::Take(session_.counters().bytes, length);
  frame_.Send(LengthFrame(FrameType::kRetry, 0, file.index, offset, length));
}

void ReceiveStream::RangeDone(StagedFile& file, uint64_t offset, uint64_t length) {
  if (session_.files().RangeDone(file, length)) CloseWhole(file);
  frame_.Send(LengthFrame(FrameType::kVerified, 0, file.index, offset, length));
}

void ReceiveStream::OnHole(const Header& header) {
  uint8_t body[8];
  ReadBody(body, sizeof body);
  const uint64_t length = GetU64(body);
  AwaitFile(header.file);
  const auto claim = session_.files().BeginRange(header.file, header.offset, length, true);
  if (claim.verdict == ReceiveFiles::Verdict::kViolation) FailStream(Code::kProtocol);
  if (claim.verdict == ReceiveFiles::Verdict::kDiscard) {
    frame_.Send(LengthFrame(FrameType::kVerified, 0, header.file, header.offset, length));
    return;
  }
  // The file has had its size since it was created: what is not written reads as zeros.
  Opened(*claim.file);
  Counters::Add(session_.counters().bytes, length);
  Counters::Add(session_.counters().holeBytes, length);
  RangeDone(*claim.file, header.offset, length);
}

void ReceiveStream::OnFileEnd(const Header& header) {
  uint8_t body[24];
  ReadBody(body, sizeof body);
  const auto end = DecodeFileEnd(body);
  if (!end) FailStream(Code::kProtocol);
  bool whole = false;
  AwaitFile(header.file);
  const auto claim = session_.files().EndFile(header.file, end->size, &whole);
  if (claim.verdict == ReceiveFiles::Verdict::kViolation) FailStream(Code::kProtocol);
  if (claim.verdict == ReceiveFiles::Verdict::kDiscard) return;
  if (!whole) return;
  if (end->size == 0) Opened(*claim.file);
  CloseWhole(*claim.file);
}

namespace {

/** A sender's reason for a file that it does not send. It names its own side only: a receiver's reason becomes `internal`. */
Code SenderReason(Code code) {
  switch (code) {
    case Code::kCancelled:
    case Code::kIo:
    case Code::kFileChanged:
    case Code::kFileShrank:
    case Code::kFileVanished:
    case Code::kNotReadable:
    case Code::kCheckFailed:
      return code;
    default:
      return Code::kInternal;
  }
}

}  // namespace

void ReceiveStream::OnFileFailed(const Header& header, bool inPlaceOfCheck) {
  uint8_t body[8];
  ReadBody(body, sizeof body);
  AwaitFile(header.file);
  const auto fail = session_.files().FailFile(header.file);
  const bool repeated = fail == ReceiveFiles::Fail::kRepeated;
  if (fail == ReceiveFiles::Fail::kViolation) FailStream(Code::kProtocol);
  if (fail == ReceiveFiles::Fail::kTakesBack && !session_.files().IsLost(header.file))
    Counters::Take(session_.counters().filesDone, 1);
  // Without checks the place after a DATA frame is like any other.
  if (repeated && !inPlaceOfCheck && session_.options().check) FailStream(Code::kProtocol);
  if (repeated) return;
  session_.AddFailure({SenderReason(CodeFromWire(GetU32(body))), ErrnoFromWire(GetU32(body + 4)), "", header.file});
}

void ReceiveStream::WriteBack() {
  if (session_.durability() != Durability::kEverySecond || Clock::now() < lastWriteBack_ + std::chrono::seconds(1))
    return;
  lastWriteBack_ = Clock::now();
  for (const auto& file : session_.files().Open()) {
    std::lock_guard<std::mutex> lock(file->openMutex);
    if (file->fd.valid()) link_.calls().StartWriteBack(file->fd.get());
  }
}

}  // namespace penstock
