#include "record_bytes.h"

#include <algorithm>
#include <iterator>

#include "check.h"

namespace driver {

using namespace penstock;

RecordKeys SomeKeys() {
  RecordKeys keys{};
  for (size_t i = 0; i < keys.key.size(); ++i) keys.key[i] = static_cast<uint8_t>(0x40 + i);
  for (size_t i = 0; i < keys.iv.size(); ++i) keys.iv[i] = static_cast<uint8_t>(0x80 + 3 * i);
  return keys;
}

Bytes RandomBytes(std::mt19937& random, size_t size) {
  Bytes bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

RecordSealer SealerOf(const RecordKeys& keys) {
  auto aead = MakeAead(keys.key.data());
  Check(aead != nullptr, "there is a cipher library");
  return {std::move(aead), keys};
}

RecordOpener OpenerOf(const RecordKeys& keys) {
  auto aead = MakeAead(keys.key.data());
  Check(aead != nullptr, "there is a cipher library");
  return {std::move(aead), keys};
}

Bytes Seal(RecordSealer& sealer, const Bytes& content) {
  Bytes record(content.size() + kRecordOverhead);
  const size_t size = sealer.Seal(content.data(), content.size(), record.data());
  Check(size == record.size(), "a record has the size of its content and the overhead");
  return record;
}

std::optional<Bytes> Open(RecordOpener& opener, const Bytes& record) {
  const size_t around = kRecordHeaderBytes + kAeadTagBytes;
  Bytes content(record.size() > around ? record.size() - around : 0);
  const auto size = opener.Open(record.data(), record.size(), content.data());
  if (!size) return std::nullopt;
  Check(*size <= content.size(), "content fits");
  content.resize(*size);
  return content;
}

Bytes RecordOf(const RecordKeys& keys, uint64_t sequence, const Bytes& inner, Aead& aead) {
  Check(!inner.empty(), "there is something inside");
  const size_t length = inner.size() + kAeadTagBytes;
  Bytes record(kRecordHeaderBytes + length);
  const uint8_t header[] = {23, 3, 3, static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)};
  std::copy(std::begin(header), std::end(header), record.begin());
  auto nonce = keys.iv;
  for (size_t i = 0; i < 8; ++i) nonce[11 - i] ^= static_cast<uint8_t>(sequence >> (8 * i));
  Check(aead.Seal(nonce.data(), record.data(), kRecordHeaderBytes, inner.data(), inner.size() - 1, inner.back(),
                  record.data() + kRecordHeaderBytes),
        "the library encrypts");
  return record;
}

Bytes RecordOf(const RecordKeys& keys, uint64_t sequence, const Bytes& inner) {
  const auto aead = MakeAead(keys.key.data());
  Check(aead != nullptr, "there is a cipher library");
  return RecordOf(keys, sequence, inner, *aead);
}

}  // namespace driver
