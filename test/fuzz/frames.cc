// Invariant: a header or body that is decoded encodes to the same bytes; what is decoded keeps to the limits of WIRE.md,
// by which the engine sizes its buffers; and nothing behind the bytes given is read. The input is a side and what it
// sends.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "wire/delivery.h"

namespace {

using namespace penstock;

void Expect(bool holds) {
  if (!holds) std::abort();
}

/** A copy that ends where it has to, so that the sanitizer sees a byte read behind it. */
std::unique_ptr<uint8_t[]> Exactly(const uint8_t* data, size_t size) {
  std::unique_ptr<uint8_t[]> copy(new uint8_t[size]);
  if (size > 0) std::memcpy(copy.get(), data, size);
  return copy;
}

bool SameBytes(const SmallFrame& frame, const uint8_t* header, const uint8_t* body, size_t size) {
  return frame.size == kHeaderBytes + size && std::memcmp(frame.bytes.data(), header, kHeaderBytes) == 0 &&
         std::memcmp(frame.bytes.data() + kHeaderBytes, body, size) == 0;
}

void CheckHeader(const Header& header, const uint8_t* bytes, From side, StreamKind kind) {
  uint8_t again[kHeaderBytes];
  EncodeHeader(header, again);
  Expect(std::memcmp(again, bytes, kHeaderBytes) == 0);
  // Only KEEPALIVE is from both.
  const From other = side == From::kSender ? From::kReceiver : From::kSender;
  Expect(DecodeHeader(bytes, other, kind).has_value() == (header.type == FrameType::kKeepalive));
  // Every other frame is of the control stream or of content.
  const bool onControl = DecodeHeader(bytes, side, StreamKind::kControl).has_value();
  const bool onContent = DecodeHeader(bytes, side, StreamKind::kContent).has_value();
  Expect(onControl && onContent ? header.type == FrameType::kKeepalive : onControl || onContent);
  switch (header.type) {
    case FrameType::kData:
      Expect(header.length > 0 && header.length <= kRangeBytes && header.offset % kRangeBytes == 0);
      break;
    case FrameType::kBatch:
      Expect(header.file > 0 && header.length <= kMaxBatchBody);
      Expect(uint64_t{header.file} * kBatchEntryBytes <= header.length);
      break;
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted:
      Expect(header.length > 0 && header.length <= kMaxEntryRuns * kEntryRunBytes);
      break;
    default:
      Expect(header.length <= kMaxControlBody);
  }
}

void CheckBatch(const Header& header, const uint8_t* body) {
  uint64_t total = 0;
  for (uint32_t i = 0; i < header.file; ++i) {
    const uint8_t* at = body + size_t{i} * kBatchEntryBytes;
    const BatchEntry entry = DecodeBatchEntry(at);
    uint8_t again[kBatchEntryBytes];
    EncodeBatchEntry(entry, again);
    Expect(std::memcmp(again, at, kBatchEntryBytes) == 0);
    // Each content lies within the body if the sizes of the table add up.
    total += entry.length;
  }
  Expect(TableAddsUp(header, body) == (total + uint64_t{header.file} * kBatchEntryBytes == header.length));
}

void CheckRuns(const Header& header, const uint8_t* bytes, const uint8_t* body) {
  const auto runs = DecodeRuns(header, body);
  if (!runs) return;
  const std::vector<uint8_t> again = RunsFrame(header.type, runs->data(), runs->size());
  Expect(std::equal(bytes, bytes + kHeaderBytes, again.begin()));
  Expect(std::equal(body, body + header.length, again.begin() + kHeaderBytes));
  for (const EntryRun& run : *runs) {
    Expect(run.count > 0 && uint64_t{run.first} + run.count <= uint64_t{1} << 32);
    Expect(NoteFromName(NoteName(NoteFromWire(run.code))) == NoteFromWire(run.code));
  }
}

/** Bodies of a fixed shape. DATA's is content. */
void CheckBody(const Header& header, const uint8_t* bytes, const uint8_t* body) {
  const auto size = static_cast<size_t>(header.length);
  switch (header.type) {
    case FrameType::kBatch:
      CheckBatch(header, body);
      break;
    case FrameType::kHole:
    case FrameType::kVerified:
    case FrameType::kRetry:
      Expect(SameBytes(LengthFrame(header.type, header.flags, header.file, header.offset, GetU64(body)), bytes, body,
                       size));
      break;
    case FrameType::kCheck:
      Expect(SameBytes(CheckFrame(header.file, header.offset, GetU64(body), GetU32(body + 8)), bytes, body, size));
      break;
    case FrameType::kFileEnd: {
      const auto end = DecodeFileEnd(body);
      Expect(end.has_value() == (GetU32(body + 20) == 0 && GetU32(body + 16) < 1000000000));
      // Any time in nanoseconds can be made from it.
      if (!end || end->mtimeSeconds > 9000000000 || end->mtimeSeconds < -9000000000) break;
      const int64_t time = end->mtimeSeconds * 1000000000 + end->mtimeNanoseconds;
      Expect(SameBytes(FileEndFrame(header.file, end->size, time), bytes, body, size));
      break;
    }
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted:
      CheckRuns(header, bytes, body);
      break;
    case FrameType::kDone:
      Expect(SameBytes(DoneFrame(DecodeDone(body)), bytes, body, size));
      break;
    case FrameType::kFileFailed:
    case FrameType::kCancel:
    case FrameType::kError: {
      // A code or errno of a later version becomes one that this version has, and stays that.
      const Code code = CodeFromWire(GetU32(body));
      const int error = ErrnoFromWire(GetU32(body + 4));
      Expect(CodeFromWire(CodeToWire(code)) == code && ErrnoFromWire(ErrnoToWire(error)) == error);
      Expect(CodeName(code) != nullptr && ErrnoText(error) != nullptr);
      break;
    }
    case FrameType::kEnd:
    case FrameType::kStreamEnd:
    case FrameType::kKeepalive:
      Expect(SameBytes(EmptyFrame(header.type), bytes, body, size));
      break;
    case FrameType::kData:
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const From side = (data[0] & 1) != 0 ? From::kReceiver : From::kSender;
  const StreamKind kinds[] = {StreamKind::kControl, StreamKind::kContent, StreamKind::kBody, StreamKind::kBody};
  const StreamKind kind = kinds[(data[0] >> 1) & 3];
  for (size_t at = 1; size - at >= kHeaderBytes;) {
    const auto bytes = Exactly(data + at, kHeaderBytes);
    const auto header = DecodeHeader(bytes.get(), side, kind);
    if (!header) return 0;
    CheckHeader(*header, bytes.get(), side, kind);
    at += kHeaderBytes;
    if (header->length > size - at) return 0;
    const auto body = Exactly(data + at, static_cast<size_t>(header->length));
    CheckBody(*header, bytes.get(), body.get());
    at += static_cast<size_t>(header->length);
  }
  return 0;
}
