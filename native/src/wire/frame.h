// The frames of WIRE.md, version 2: constants, and the codec of header and bodies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "errors/errors.h"

namespace penstock {

constexpr size_t kPreambleBytes = 64;
constexpr size_t kHelloBytes = 32;
constexpr size_t kHeaderBytes = 24;
constexpr size_t kMaxControlBody = 24;
constexpr size_t kBatchEntryBytes = 12;
/** A run of entries in a report, and the most of them in a frame. */
constexpr size_t kEntryRunBytes = 16;
constexpr size_t kMaxEntryRuns = 4096;
constexpr size_t kDoneBytes = 20;
constexpr uint8_t kWireVersion = 2;
/** One range = one DATA frame = one check = 8 MiB, aligned. */
constexpr uint64_t kRangeBytes = 8ull << 20;
constexpr uint64_t kMaxBatchBody = 4ull << 20;
/** Limits of a stream for what was sent without a VERIFIED. */
constexpr uint64_t kWindowBytes = 16ull << 20;
constexpr size_t kWindowUnits = 256;
/** Files begun and not yet whole that a receiver holds open. */
constexpr size_t kMaxOpenFiles = 128;
constexpr int kMaxRetries = 3;
/** Flag of VERIFIED: a whole BATCH. */
constexpr uint8_t kFlagBatch = 1;

enum class FrameType : uint8_t {
  kData = 0x01,
  kBatch = 0x02,
  kHole = 0x03,
  kCheck = 0x04,
  kFileEnd = 0x05,
  kFileFailed = 0x06,
  kCancel = 0x07,
  kEnd = 0x08,
  kStreamEnd = 0x09,
  kVerified = 0x81,
  kRetry = 0x82,
  kDelivered = 0x83,
  kDone = 0x84,
  kKeepalive = 0x85,
  kError = 0x86,
  kNotDelivered = 0x87,
  kNoted = 0x88,
};

struct Header {
  FrameType type = FrameType::kEnd;
  uint8_t flags = 0;
  uint32_t file = 0;
  uint64_t offset = 0;
  /** Body bytes that follow; nothing else ever. */
  uint64_t length = 0;
};

using HeaderBytes = std::array<uint8_t, kHeaderBytes>;

void PutU32(uint8_t* at, uint32_t value);
void PutU64(uint8_t* at, uint64_t value);
uint32_t GetU32(const uint8_t* at);
uint64_t GetU64(const uint8_t* at);

/** Which side may send a frame. Both may send KEEPALIVE. */
enum class From { kSender, kReceiver };

/** What a stream carries: control frames, content, or both, as in an HTTPS body. */
enum class StreamKind { kControl, kContent, kBody };

void EncodeHeader(const Header& header, uint8_t* to);
/**
 * Reads a header that came from that side on a stream of that kind. Nothing is returned for what is not a legal header: an
 * unknown type, a type that does not travel there, a set reserved or unknown flag bit, a body length that the type does not
 * have, an offset that is not the start of a range.
 */
std::optional<Header> DecodeHeader(const uint8_t* bytes, From side, StreamKind kind);

/** A whole frame with a small body, header included. */
struct SmallFrame {
  std::array<uint8_t, kHeaderBytes + kMaxControlBody> bytes{};
  size_t size = 0;
};

SmallFrame EmptyFrame(FrameType type);
/** HOLE, VERIFIED, RETRY: a file, an offset and a length. */
SmallFrame LengthFrame(FrameType type, uint8_t flags, uint32_t file, uint64_t offset, uint64_t length);
SmallFrame CheckFrame(uint32_t file, uint64_t offset, uint64_t length, uint32_t crc);
SmallFrame FileEndFrame(uint32_t file, uint64_t size, int64_t mtimeNs);
/** FILE_FAILED, CANCEL, ERROR: a code and an errno. */
SmallFrame CodeFrame(FrameType type, uint32_t file, Code code, int error);

struct BatchEntry {
  uint32_t file = 0;
  uint32_t length = 0;
  uint32_t crc = 0;
};
void EncodeBatchEntry(const BatchEntry& entry, uint8_t* to);
BatchEntry DecodeBatchEntry(const uint8_t* from);
/** Whether the table at the begin of a BATCH's body accounts for every byte of it. */
bool TableAddsUp(const Header& header, const uint8_t* body);

struct FileEnd {
  uint64_t size = 0;
  int64_t mtimeSeconds = 0;
  uint32_t mtimeNanoseconds = 0;
};
/** The body of FILE_END; nothing if its reserved part is not 0 or the nanoseconds are not below 1e9. */
std::optional<FileEnd> DecodeFileEnd(const uint8_t* body);

}  // namespace penstock
