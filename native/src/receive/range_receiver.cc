#include "receive/range_receiver.h"

#include <algorithm>
#include <cerrno>

namespace penstock {

ReceiveTechnique* RangeReceiver::Prepare(uint64_t key) {
  const auto make = [this](Technique one) { return MakeReceiveTechnique(one, session_.options(), link_.calls()); };
  ReceiveTechnique* const technique = fallback_.Prepare(key, link_.transport().kind(), technique_, make);
  if (technique == nullptr) FailStream(Code::kInternal);
  return technique;
}

RangeReceiver::Result RangeReceiver::Receive(const StagedFile& file, uint64_t offset, uint64_t length) {
  // 0 means "no file yet" to Fallback.
  const uint64_t key = uint64_t{file.index} + 1;
  ReceiveTechnique* technique = Prepare(key);
  technique->Begin(offset + length);
  const bool check = session_.options().check;
  Result result;
  Crc32c crc;
  uint64_t at = offset;
  uint64_t readBack = offset;
  const uint64_t end = offset + length;
  while (at < end && result.lost == 0) {
    link_.CheckStopping();
    const bool lookBack = check && !technique->SeesContent();
    const uint64_t limit = lookBack ? std::min(readBack + kCheckPieceBytes, end) : end;
    const Step step = technique->Receive(link_.transport(), file.fd.get(), at, limit - at, check ? &crc : nullptr);
    if (step.moved > 0) {
      at += step.moved;
      session_.counters().Moved(technique->technique(), step.moved);
      link_.NoteProgress();
      session_.watch().Moved(step.moved);
      if (lookBack && (at == limit || step.kind == Step::Kind::kNotSupported)) {
        result.lost = ReadBack(file.fd.get(), readBack, at - readBack, crc);
        readBack = at;
      }
    }
    switch (step.kind) {
      case Step::Kind::kMoved:
        break;
      case Step::Kind::kWouldBlock:
        link_.WaitReadable(limit - at);
        break;
      case Step::Kind::kNotSupported:
        if (lookBack && readBack < at) result.lost = ReadBack(file.fd.get(), readBack, at - readBack, crc);
        readBack = at;
        if (const int lost = technique->End(); lost != 0) result.lost = lost;
        fallback_.Refused(key, technique->technique(), step.failure);
        technique = Prepare(key);
        technique->Begin(end);
        break;
      case Step::Kind::kFileFailed:
        if (EndsTarget(step.failure.error)) FailTarget(step.failure.error, step.failure.syscall);
        at += step.dropped;
        result.lost = step.failure.error;
        break;
      case Step::Kind::kAwaitKernel:
      case Step::Kind::kSourceEnded:
      case Step::Kind::kSocketFailed:
      case Step::Kind::kPeerClosed:
        link_.Broken(step.failure.error, step.failure.syscall);
    }
  }
  const int lost = technique->End();
  if (result.lost == 0) result.lost = lost;
  Discard(end - at);
  result.crc = crc.value();
  return result;
}

int RangeReceiver::ReadBack(Descriptor file, uint64_t offset, uint64_t length, Crc32c& crc) {
  if (piece_.empty()) piece_.resize(kCheckPieceBytes);
  while (length > 0) {
    const ssize_t got = link_.calls().Pread(file, piece_.data(), std::min<uint64_t>(length, piece_.size()), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0 ? EIO : errno;
    crc.Update(piece_.data(), static_cast<size_t>(got));
    Counters::Add(session_.counters().checkBytes, static_cast<uint64_t>(got));
    offset += static_cast<uint64_t>(got);
    length -= static_cast<uint64_t>(got);
  }
  return 0;
}

void RangeReceiver::Discard(uint64_t length) {
  if (piece_.empty()) piece_.resize(kCheckPieceBytes);
  while (length > 0) {
    const size_t size = std::min<uint64_t>(length, piece_.size());
    if (!link_.Read(piece_.data(), size)) link_.Broken(0, "recvfrom");
    session_.watch().Moved(size);
    length -= size;
  }
}

}  // namespace penstock
