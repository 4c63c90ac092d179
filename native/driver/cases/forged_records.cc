// Invariant: for any change to the records between them, an opener returns a prefix of the content that the sealer of the
// same keys got, and after the first record that fails nothing opens.
#include <algorithm>
#include <string>

#include "cases/cases.h"
#include "check.h"
#include "record_bytes.h"

namespace driver {
namespace {

using namespace penstock;

/** Records in a row, with content of these sizes. */
std::vector<Bytes> Sealed(std::mt19937& random, const std::vector<size_t>& sizes) {
  auto sealer = SealerOf(SomeKeys());
  std::vector<Bytes> records;
  for (const size_t size : sizes) records.push_back(Seal(sealer, RandomBytes(random, size)));
  return records;
}

void Refused(const Bytes& forged, const Bytes& good, const std::string& what) {
  auto opener = OpenerOf(SomeKeys());
  Check(!Open(opener, forged), what);
  Check(!Open(opener, good), "the good record does not open after " + what);
  Check(opener.records() == 0, "none was counted");
}

void EveryBitFlipped(std::mt19937& random) {
  for (const size_t size : {size_t{1}, size_t{15}, size_t{64}}) {
    const Bytes good = Sealed(random, {size})[0];
    for (size_t bit = 0; bit < good.size() * 8; ++bit) {
      Bytes forged = good;
      forged[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
      Refused(forged, good, "bit " + std::to_string(bit));
    }
  }
  const Bytes good = Sealed(random, {kRecordContentBytes})[0];
  for (int i = 0; i < 2000; ++i) {
    Bytes forged = good;
    forged[random() % forged.size()] ^= static_cast<uint8_t>(1u << random() % 8);
    Refused(forged, good, "a bit of a long record");
  }
}

// With the old header, and with a header that has the new length.
void EveryLength(std::mt19937& random) {
  for (const size_t size : {size_t{1}, size_t{40}}) {
    const Bytes good = Sealed(random, {size})[0];
    for (size_t length = 0; length < good.size() + 40; ++length) {
      if (length == good.size()) continue;
      Bytes forged = good;
      forged.resize(length, 0x5a);
      Refused(forged, good, "cut or extended to " + std::to_string(length));
      if (length < kRecordHeaderBytes) continue;
      const size_t behind = length - kRecordHeaderBytes;
      forged[3] = static_cast<uint8_t>(behind >> 8);
      forged[4] = static_cast<uint8_t>(behind);
      Refused(forged, good, "with a header for " + std::to_string(length));
    }
  }
}

void OtherKeys(std::mt19937& random) {
  const Bytes good = Sealed(random, {33})[0];
  for (size_t bit = 0; bit < (kAeadKeyBytes + kAeadNonceBytes) * 8; ++bit) {
    RecordKeys keys = SomeKeys();
    const auto flip = static_cast<uint8_t>(1u << bit % 8);
    if (bit / 8 < kAeadKeyBytes) keys.key[bit / 8] ^= flip;
    else keys.iv[bit / 8 - kAeadKeyBytes] ^= flip;
    auto opener = OpenerOf(keys);
    Check(!Open(opener, good), "a record of other keys");
  }
}

// Every order of four records with repetition: they open up to the first one out of place.
void EveryOrder(std::mt19937& random) {
  const auto records = Sealed(random, {10, 10, 10, 10});
  for (size_t order = 0; order < 256; ++order) {
    auto opener = OpenerOf(SomeKeys());
    bool inPlace = true;
    for (size_t i = 0; i < 4; ++i) {
      const size_t chosen = order >> (2 * i) & 3;
      inPlace = inPlace && chosen == i;
      Check(Open(opener, records[chosen]).has_value() == inPlace, "order " + std::to_string(order));
    }
  }
}

/** One change to a stream of records, as an attacker on the network can make it. */
void Change(std::mt19937& random, Bytes* stream) {
  const auto at = [&] { return static_cast<std::ptrdiff_t>(random() % (stream->size() + 1)); };
  std::ptrdiff_t from = at(), to = at();
  if (from > to) std::swap(from, to);
  const auto begin = stream->begin();
  const Bytes piece(begin + from, begin + to);
  switch (random() % 5) {
    case 0:
      if (from < static_cast<std::ptrdiff_t>(stream->size()))
        (*stream)[static_cast<size_t>(from)] ^= static_cast<uint8_t>(1u << random() % 8);
      break;
    case 1:
      stream->erase(begin + from, begin + to);
      break;
    case 2:
      stream->insert(begin + at(), piece.begin(), piece.end());
      break;
    case 3:
      std::reverse(begin + from, begin + to);
      break;
    default: {
      const Bytes noise = RandomBytes(random, random() % 30);
      stream->insert(begin + from, noise.begin(), noise.end());
    }
  }
}

/** What opens of a stream, joined. */
Bytes AllThatOpens(const Bytes& stream) {
  auto opener = OpenerOf(SomeKeys());
  Bytes all;
  size_t at = 0;
  for (;;) {
    const auto size = RecordOpener::SizeOf(stream.data() + at, stream.size() - at);
    if (!size || *size == 0 || *size > stream.size() - at) return all;
    const auto begin = stream.begin() + static_cast<std::ptrdiff_t>(at);
    const auto content = Open(opener, Bytes(begin, begin + static_cast<std::ptrdiff_t>(*size)));
    if (!content) return all;
    all = std::move(all) + *content;
    at += *size;
  }
}

void AnyChange(std::mt19937& random) {
  for (int round = 0; round < 3000; ++round) {
    auto sealer = SealerOf(SomeKeys());
    Bytes sent, stream;
    const size_t records = 1 + random() % 6;
    for (size_t i = 0; i < records; ++i) {
      const Bytes content = RandomBytes(random, 1 + random() % (random() % 4 == 0 ? 2000 : 40));
      sent = std::move(sent) + content;
      stream = std::move(stream) + Seal(sealer, content);
    }
    Check(AllThatOpens(stream) == sent, "a stream opens as it was sent");
    const Bytes good = stream;
    for (size_t changes = 1 + random() % 3; changes > 0; --changes) Change(random, &stream);
    const Bytes opened = AllThatOpens(stream);
    Check(opened.size() <= sent.size() && std::equal(opened.begin(), opened.end(), sent.begin()), "a prefix opens");
    // Bytes behind the last record are the only change that removes no content.
    const bool extended = stream.size() >= good.size() && std::equal(good.begin(), good.end(), stream.begin());
    Check(extended == (opened.size() == sent.size()), "a changed record does not open");
  }
}

}  // namespace

void ForgedRecords() {
  std::mt19937 random(Seed());
  EveryBitFlipped(random);
  EveryLength(random);
  OtherKeys(random);
  EveryOrder(random);
  AnyChange(random);
}

}  // namespace driver
