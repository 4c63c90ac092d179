// Records and their parts, for the cases of records. Portable.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "wire/record.h"

namespace driver {

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/** Arbitrary keys, always the same. */
penstock::RecordKeys SomeKeys();
Bytes RandomBytes(std::mt19937& random, size_t size);

penstock::RecordSealer SealerOf(const penstock::RecordKeys& keys);
penstock::RecordOpener OpenerOf(const penstock::RecordKeys& keys);

/** One record of these bytes by the sealer; fails if sealing fails. */
Bytes Seal(penstock::RecordSealer& sealer, const Bytes& content);
/** Opens into a buffer of exactly the size that Open() may write; nothing if it fails. */
std::optional<Bytes> Open(penstock::RecordOpener& opener, const Bytes& record);
/** A record with this inside (content, type, padding), which need not be legal; `aead` has the key of `keys`. */
Bytes RecordOf(const penstock::RecordKeys& keys, uint64_t sequence, const Bytes& inner, penstock::Aead& aead);
Bytes RecordOf(const penstock::RecordKeys& keys, uint64_t sequence, const Bytes& inner);

}  // namespace driver
