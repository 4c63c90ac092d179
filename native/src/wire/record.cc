#include "wire/record.h"

namespace penstock {
namespace {

// ContentType and legacy_record_version of RFC 8446 §5.1 and §5.2.
constexpr uint8_t kApplicationData = 23;
constexpr uint8_t kVersionMajor = 3;
constexpr uint8_t kVersionMinor = 3;
// What a record's header may give as length: the content type and the tag, to content of full length with them. §5.2
// has 256 for what a cipher adds; a length that this cipher cannot need fails §5.4 once it is open.
constexpr size_t kMinLength = 1 + kAeadTagBytes;
constexpr size_t kMaxLength = kRecordBytes - kRecordHeaderBytes;

using Nonce = std::array<uint8_t, kAeadNonceBytes>;

/** The iv, its last 8 bytes XORed with the sequence number in network order (§5.3). */
Nonce NonceOf(const Nonce& iv, uint64_t sequence) {
  Nonce nonce = iv;
  for (size_t i = 0; i < 8; ++i) nonce[nonce.size() - 1 - i] ^= static_cast<uint8_t>(sequence >> (8 * i));
  return nonce;
}

}  // namespace

size_t RecordSealer::Seal(const uint8_t* in, size_t size, uint8_t* out) {
  const size_t length = size + kMinLength;
  out[0] = kApplicationData;
  out[1] = kVersionMajor;
  out[2] = kVersionMinor;
  out[3] = static_cast<uint8_t>(length >> 8);
  out[4] = static_cast<uint8_t>(length);
  // The number is used up even if the library fails: no nonce is used for two contents.
  const Nonce nonce = NonceOf(iv_, sequence_++);
  if (!aead_->Seal(nonce.data(), out, kRecordHeaderBytes, in, size, kApplicationData, out + kRecordHeaderBytes)) {
    return 0;
  }
  return kRecordHeaderBytes + length;
}

std::optional<size_t> RecordOpener::SizeOf(const uint8_t* in, size_t have) {
  if (have < kRecordHeaderBytes) return 0;
  if (in[0] != kApplicationData || in[1] != kVersionMajor || in[2] != kVersionMinor) return std::nullopt;
  const size_t length = size_t{in[3]} << 8 | in[4];
  if (length < kMinLength || length > kMaxLength) return std::nullopt;
  return kRecordHeaderBytes + length;
}

std::optional<size_t> RecordOpener::Open(const uint8_t* in, size_t size, uint8_t* out) {
  if (failed_) return std::nullopt;
  const auto content = OpenNext(in, size, out);
  failed_ = !content;
  return content;
}

std::optional<size_t> RecordOpener::OpenNext(const uint8_t* in, size_t size, uint8_t* out) {
  if (size == 0 || SizeOf(in, size) != size) return std::nullopt;
  const Nonce nonce = NonceOf(iv_, sequence_);
  if (!aead_->Open(nonce.data(), in, kRecordHeaderBytes, in + kRecordHeaderBytes, size - kRecordHeaderBytes, out)) {
    return std::nullopt;
  }
  // Behind the content stand its type and zeros to any length (§5.4).
  size_t end = size - kRecordHeaderBytes - kAeadTagBytes;
  while (end > 0 && out[end - 1] == 0) --end;
  if (end == 0 || out[end - 1] != kApplicationData) return std::nullopt;
  const size_t content = end - 1;
  emptyInARow_ = content > 0 ? 0 : emptyInARow_ + 1;
  if (emptyInARow_ > kMaxEmptyRecords) return std::nullopt;
  ++sequence_;
  return content;
}

}  // namespace penstock
