// CRC-32C (Castagnoli, as in iSCSI, RFC 3720 appendix B.4).
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock {

/** Continues `crc` (0 to begin) over `size` bytes. */
using Crc32cFunction = uint32_t (*)(uint32_t crc, const uint8_t* data, size_t size);

/** By table, on any processor. */
uint32_t Crc32cByTable(uint32_t crc, const uint8_t* data, size_t size);
/** The fastest that this processor has; one file an architecture defines it. */
Crc32cFunction SelectCrc32c();

/** Size of a piece for the check: small enough to stay in the processor's cache until it is read again. */
constexpr uint64_t kCheckPieceBytes = 256 << 10;

/** A running check of one range. */
class Crc32c {
 public:
  void Update(const void* data, size_t size) { value_ = Function()(value_, static_cast<const uint8_t*>(data), size); }
  uint32_t value() const { return value_; }

 private:
  static Crc32cFunction Function() {
    static const Crc32cFunction function = SelectCrc32c();
    return function;
  }
  uint32_t value_ = 0;
};

}  // namespace penstock
