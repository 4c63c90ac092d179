// Frames that a sender's stream receives.
#include <algorithm>
#include <cstring>

#include "send/send_stream.h"

namespace penstock {
namespace {

// The longest frame of a receiver is a report (DecodeHeader).
constexpr size_t kMaxInbound = kHeaderBytes + kMaxEntryRuns * kEntryRunBytes;

}  // namespace

void SendStream::ReadInbound() {
  for (;;) {
    const size_t room = inbound_.size() - inboundSize_;
    const size_t got = link_.ReadSome(inbound_.data() + inboundSize_, room);
    inboundSize_ += got;
    size_t at = 0;
    while (!done_) {
      const size_t taken = TakeFrame(inbound_.data() + at, inboundSize_ - at);
      if (taken == 0) break;
      at += taken;
    }
    std::memmove(inbound_.data(), inbound_.data() + at, inboundSize_ - at);
    inboundSize_ -= at;
    if (inboundSize_ == inbound_.size()) inbound_.resize(kMaxInbound);
    if (got < room || done_) return;
  }
}

void SendStream::ReadPendingError() {
  try {
    ReadInbound();
  } catch (const StreamStop& stop) {
    // An ERROR with the receiver's reason is worth more than the broken connection.
    if (stop.end.kind == SessionEnd::Kind::kPeerError) throw;
  }
}

size_t SendStream::TakeFrame(const uint8_t* bytes, size_t size) {
  if (size < kHeaderBytes) return 0;
  const auto header = DecodeHeader(bytes, From::kReceiver);
  if (!header) FailStream(Code::kProtocol);
  const size_t whole = kHeaderBytes + static_cast<size_t>(header->length);
  if (size < whole) return 0;
  const uint8_t* body = bytes + kHeaderBytes;
  switch (header->type) {
    case FrameType::kVerified:
      HandleVerified(*header, GetU64(body));
      break;
    case FrameType::kRetry:
      HandleRetry(*header, GetU64(body));
      break;
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted:
      HandleReport(*header, body);
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
  return whole;
}

void SendStream::HandleVerified(const Header& header, uint64_t length) {
  const bool batch = (header.flags & kFlagBatch) != 0;
  for (auto unit = unverified_.begin(); unit != unverified_.end(); ++unit) {
    if ((unit->kind == Unit::Kind::kBatch) != batch || unit->file != header.file || unit->offset != header.offset)
      continue;
    if (unit->length != length) break;
    windowUsed_ -= unit->bodyBytes;
    Counters::Add(session_.counters().verifiedBytes, unit->contentBytes);
    Counters::Add(session_.counters().filesDone, unit->files);
    if (!batch) timesAgain_.erase({header.file, header.offset});
    unverified_.erase(unit);
    return;
  }
  FailStream(Code::kProtocol);
}

// Accepts an unverified range as often as a receiver may request it, and an unverified entry of a batch once.
bool SendStream::OwesRetry(const Header& header, uint64_t length) {
  for (auto unit = unverified_.begin(); unit != unverified_.end(); ++unit) {
    if (unit->kind == Unit::Kind::kRange && unit->file == header.file && unit->offset == header.offset) {
      if (unit->length != length || ++timesAgain_[{header.file, header.offset}] > kMaxRetries) return false;
      // It is sent again as a unit of its own.
      windowUsed_ -= unit->bodyBytes;
      unverified_.erase(unit);
      return true;
    }
    const auto entry = std::find(unit->entries.begin(), unit->entries.end(), header.file);
    if (entry != unit->entries.end() && header.offset == 0) {
      unit->entries.erase(entry);
      return true;
    }
  }
  return false;
}

void SendStream::HandleRetry(const Header& header, uint64_t length) {
  if (!OwesRetry(header, length) || retries_.size() >= kWindowUnits * 8) FailStream(Code::kProtocol);
  auto job = session_.queue().Again(header.file, header.offset, length);
  if (!job) FailStream(Code::kProtocol);
  Counters::Take(session_.counters().bytes, length);
  retries_.push_back(std::move(job));
}

void SendStream::HandleReport(const Header& header, const uint8_t* body) {
  const auto runs = DecodeRuns(header, body);
  if (!endSent_ || !runs || !session_.TakeReport(header.type, *runs)) FailStream(Code::kProtocol);
}

}  // namespace penstock
