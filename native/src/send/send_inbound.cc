// Frames that a sender's stream receives.
#include <algorithm>

#include "send/send_stream.h"

namespace penstock {
void SendStream::ReadInbound() {
  while (!control_.done()) {
    const auto frame = inbox_.Next();
    if (!frame) return;
    Take(frame->header, frame->body);
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

void SendStream::Take(const Header& header, const uint8_t* body) {
  if (header.type == FrameType::kVerified) HandleVerified(header, GetU64(body));
  else if (header.type == FrameType::kRetry) HandleRetry(header, GetU64(body));
  else control_.Take(header, body);
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

}  // namespace penstock
