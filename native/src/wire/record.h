// TLS 1.3 application-data records (RFC 8446 §5.2), which sealed streams consist of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "wire/aead.h"

namespace penstock {

constexpr size_t kRecordHeaderBytes = 5;
/** The most content of one record. */
constexpr size_t kRecordContentBytes = 16384;
/** Header, content type and tag. */
constexpr size_t kRecordOverhead = kRecordHeaderBytes + 1 + kAeadTagBytes;
/** The longest record. */
constexpr size_t kRecordBytes = kRecordContentBytes + kRecordOverhead;
/** Full records of one call: their content stays in the processor's cache. */
constexpr size_t kBatchRecords = 16;
/** More records without content, one after the other, are an error. */
constexpr int kMaxEmptyRecords = 64;

/** Of one direction of one connection. */
struct RecordKeys {
  std::array<uint8_t, kAeadKeyBytes> key;
  std::array<uint8_t, kAeadNonceBytes> iv;
};

/** Makes records. Belongs to one thread. */
class RecordSealer {
 public:
  RecordSealer(std::unique_ptr<Aead> aead, const RecordKeys& keys) : aead_(std::move(aead)), iv_(keys.iv) {}

  /**
   * Makes one record of 1 to kRecordContentBytes bytes at `out`, which has room for `size` + kRecordOverhead and does
   * not overlap `in`. Returns the record's size, or 0 if the library failed.
   */
  size_t Seal(const uint8_t* in, size_t size, uint8_t* out);

  /** Records begun, those that failed included: each has used its sequence number. */
  uint64_t records() const { return sequence_; }

 private:
  std::unique_ptr<Aead> aead_;
  std::array<uint8_t, kAeadNonceBytes> iv_;
  uint64_t sequence_ = 0;
};

/** Reads records. Belongs to one thread. */
class RecordOpener {
 public:
  RecordOpener(std::unique_ptr<Aead> aead, const RecordKeys& keys) : aead_(std::move(aead)), iv_(keys.iv) {}

  /**
   * Bytes of the record that begins at `in`, header included, at most kRecordBytes; 0 if fewer than
   * kRecordHeaderBytes are there; nothing if no legal record begins there.
   */
  static std::optional<size_t> SizeOf(const uint8_t* in, size_t have);

  /**
   * Opens one whole record. Writes to `out`, which has room for `size` - kRecordHeaderBytes - kAeadTagBytes bytes and
   * does not overlap `in`, and returns the content's length, which may be 0. Nothing if the record is not
   * authentic, is not the next one, has another content type than application data, consists of padding, or is one
   * empty record too many; from then on no record opens.
   */
  std::optional<size_t> Open(const uint8_t* in, size_t size, uint8_t* out);

  /** Records opened. */
  uint64_t records() const { return sequence_; }

 private:
  std::optional<size_t> OpenNext(const uint8_t* in, size_t size, uint8_t* out);

  std::unique_ptr<Aead> aead_;
  std::array<uint8_t, kAeadNonceBytes> iv_;
  uint64_t sequence_ = 0;
  int emptyInARow_ = 0;
  bool failed_ = false;
};

}  // namespace penstock
