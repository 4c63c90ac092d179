// A buffer for reads and writes past the page cache.
#pragma once

#include <cstdint>
#include <memory>

namespace penstock {

/** Offsets, lengths and memory are multiples of this: at least the block size of any disk in use. */
constexpr uint64_t kDirectAlign = 4096;
/** What one call moves at most. */
constexpr size_t kDirectBuffer = 1 << 20;

/** kDirectBuffer bytes that begin at a multiple of `Align`. */
template <uint64_t Align = kDirectAlign>
class DirectBuffer {
 public:
  DirectBuffer() : bytes_(new uint8_t[kDirectBuffer + Align]) {
    const auto at = reinterpret_cast<uintptr_t>(bytes_.get());
    data_ = bytes_.get() + (Align - at % Align) % Align;
  }
  uint8_t* data() { return data_; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  uint8_t* data_;
};

}  // namespace penstock
