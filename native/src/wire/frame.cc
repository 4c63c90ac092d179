#include "wire/frame.h"

#include <cstring>

namespace penstock {
namespace {

constexpr uint64_t kMaxOffset = 1ull << 53;

bool FromSender(FrameType type) { return (static_cast<uint8_t>(type) & 0x80u) == 0 || type == FrameType::kKeepalive; }
bool FromReceiver(FrameType type) { return (static_cast<uint8_t>(type) & 0x80u) != 0; }

bool IsControl(FrameType type) {
  switch (type) {
    case FrameType::kCancel:
    case FrameType::kEnd:
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted:
    case FrameType::kDone:
    case FrameType::kError:
      return true;
    default:
      return false;
  }
}

bool TravelsOn(FrameType type, StreamKind kind) {
  if (type == FrameType::kKeepalive) return true;
  if (kind == StreamKind::kBody) return type != FrameType::kStreamEnd;
  return IsControl(type) == (kind == StreamKind::kControl);
}

bool IsRangeStart(uint64_t offset) { return offset % kRangeBytes == 0 && offset < kMaxOffset; }

// The body length, offset and flags that each type may have; an unknown type has none.
bool LegalShape(const Header& h) {
  switch (h.type) {
    case FrameType::kData:
      return h.flags == 0 && h.length > 0 && h.length <= kRangeBytes && IsRangeStart(h.offset);
    case FrameType::kBatch:
      return h.flags == 0 && h.offset == 0 && h.file > 0 && h.length <= kMaxBatchBody &&
             uint64_t{h.file} * kBatchEntryBytes <= h.length;
    case FrameType::kHole:
      return h.flags == 0 && h.length == 8 && IsRangeStart(h.offset);
    case FrameType::kCheck:
      return h.flags == 0 && h.length == 12 && IsRangeStart(h.offset);
    case FrameType::kFileEnd:
      return h.flags == 0 && h.length == 24 && h.offset == 0;
    case FrameType::kFileFailed:
      return h.flags == 0 && h.length == 8 && h.offset == 0;
    case FrameType::kCancel:
    case FrameType::kError:
      return h.flags == 0 && h.length == 8 && h.offset == 0 && h.file == 0;
    case FrameType::kDone:
      return h.flags == 0 && h.length == kDoneBytes && h.offset == 0 && h.file == 0;
    case FrameType::kEnd:
    case FrameType::kStreamEnd:
    case FrameType::kKeepalive:
      return h.flags == 0 && h.length == 0 && h.offset == 0 && h.file == 0;
    case FrameType::kVerified:
      return (h.flags & ~kFlagBatch) == 0 && h.length == 8 && IsRangeStart(h.offset);
    case FrameType::kRetry:
      return h.flags == 0 && h.length == 8 && IsRangeStart(h.offset);
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted:
      return h.flags == 0 && h.file == 0 && h.offset == 0 && h.length > 0 &&
             h.length <= kMaxEntryRuns * kEntryRunBytes && h.length % kEntryRunBytes == 0;
  }
  return false;
}

SmallFrame Begin(FrameType type, uint8_t flags, uint32_t file, uint64_t offset, size_t body) {
  SmallFrame frame;
  EncodeHeader(Header{type, flags, file, offset, body}, frame.bytes.data());
  frame.size = kHeaderBytes + body;
  return frame;
}

}  // namespace

void PutU32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<uint8_t>(value >> (8 * i));
}

void PutU64(uint8_t* at, uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = static_cast<uint8_t>(value >> (8 * i));
}

uint32_t GetU32(const uint8_t* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= uint32_t{at[i]} << (8 * i);
  return value;
}

uint64_t GetU64(const uint8_t* at) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= uint64_t{at[i]} << (8 * i);
  return value;
}

void EncodeHeader(const Header& header, uint8_t* to) {
  to[0] = static_cast<uint8_t>(header.type);
  to[1] = header.flags;
  to[2] = 0;
  to[3] = 0;
  PutU32(to + 4, header.file);
  PutU64(to + 8, header.offset);
  PutU64(to + 16, header.length);
}

std::optional<Header> DecodeHeader(const uint8_t* bytes, From side, StreamKind kind) {
  Header header;
  header.type = static_cast<FrameType>(bytes[0]);
  header.flags = bytes[1];
  if (bytes[2] != 0 || bytes[3] != 0) return std::nullopt;
  header.file = GetU32(bytes + 4);
  header.offset = GetU64(bytes + 8);
  header.length = GetU64(bytes + 16);
  if (!LegalShape(header)) return std::nullopt;
  if (side == From::kSender ? !FromSender(header.type) : !FromReceiver(header.type)) return std::nullopt;
  if (!TravelsOn(header.type, kind)) return std::nullopt;
  return header;
}

SmallFrame EmptyFrame(FrameType type) { return Begin(type, 0, 0, 0, 0); }

SmallFrame LengthFrame(FrameType type, uint8_t flags, uint32_t file, uint64_t offset, uint64_t length) {
  SmallFrame frame = Begin(type, flags, file, offset, 8);
  PutU64(frame.bytes.data() + kHeaderBytes, length);
  return frame;
}

SmallFrame CheckFrame(uint32_t file, uint64_t offset, uint64_t length, uint32_t crc) {
  SmallFrame frame = Begin(FrameType::kCheck, 0, file, offset, 12);
  PutU64(frame.bytes.data() + kHeaderBytes, length);
  PutU32(frame.bytes.data() + kHeaderBytes + 8, crc);
  return frame;
}

SmallFrame FileEndFrame(uint32_t file, uint64_t size, int64_t mtimeNs) {
  SmallFrame frame = Begin(FrameType::kFileEnd, 0, file, 0, 24);
  int64_t seconds = mtimeNs / 1000000000;
  int64_t nanoseconds = mtimeNs % 1000000000;
  if (nanoseconds < 0) {
    nanoseconds += 1000000000;
    seconds -= 1;
  }
  uint8_t* body = frame.bytes.data() + kHeaderBytes;
  PutU64(body, size);
  PutU64(body + 8, static_cast<uint64_t>(seconds));
  PutU32(body + 16, static_cast<uint32_t>(nanoseconds));
  PutU32(body + 20, 0);
  return frame;
}

SmallFrame CodeFrame(FrameType type, uint32_t file, Code code, int error) {
  SmallFrame frame = Begin(type, 0, file, 0, 8);
  PutU32(frame.bytes.data() + kHeaderBytes, CodeToWire(code));
  PutU32(frame.bytes.data() + kHeaderBytes + 4, ErrnoToWire(error));
  return frame;
}

void EncodeBatchEntry(const BatchEntry& entry, uint8_t* to) {
  PutU32(to, entry.file);
  PutU32(to + 4, entry.length);
  PutU32(to + 8, entry.crc);
}

BatchEntry DecodeBatchEntry(const uint8_t* from) { return {GetU32(from), GetU32(from + 4), GetU32(from + 8)}; }

bool TableAddsUp(const Header& header, const uint8_t* body) {
  uint64_t total = uint64_t{header.file} * kBatchEntryBytes;
  for (uint32_t i = 0; i < header.file; ++i) total += DecodeBatchEntry(body + size_t{i} * kBatchEntryBytes).length;
  return total == header.length;
}

std::optional<FileEnd> DecodeFileEnd(const uint8_t* body) {
  FileEnd end;
  end.size = GetU64(body);
  end.mtimeSeconds = static_cast<int64_t>(GetU64(body + 8));
  end.mtimeNanoseconds = GetU32(body + 16);
  if (GetU32(body + 20) != 0 || end.mtimeNanoseconds >= 1000000000) return std::nullopt;
  return end;
}

}  // namespace penstock
