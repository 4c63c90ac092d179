// The buffer of reading and writing past the page cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace penstock {

/** F_NOCACHE demands no alignment, but only whole pages in page-aligned memory pass by the cache. */
constexpr uint64_t kDirectAlign = 16384;
/** What one call moves at most. */
constexpr size_t kDirectBuffer = 1 << 20;

/** Of a piece of a file in such a buffer, the bytes that pass by the cache. */
constexpr uint64_t PastTheCache(uint64_t offset, uint64_t size) {
  return offset % kDirectAlign == 0 ? size - size % kDirectAlign : 0;
}

/** kDirectBuffer bytes that begin at a multiple of kDirectAlign. */
class DirectBuffer {
 public:
  DirectBuffer() : bytes_(new uint8_t[kDirectBuffer + kDirectAlign]) {
    const auto at = reinterpret_cast<uintptr_t>(bytes_.get());
    data_ = bytes_.get() + (kDirectAlign - at % kDirectAlign) % kDirectAlign;
  }
  uint8_t* data() { return data_; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  uint8_t* data_;
};

}  // namespace penstock
