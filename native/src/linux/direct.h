// What reading and writing past the page cache share: a second descriptor, and a buffer that the disk can take.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "calls.h"
#include "engine/unique_fd.h"

namespace penstock {

/** Offsets, lengths and memory are multiples of this: at least the block size of any disk in use. */
constexpr uint64_t kDirectAlign = 4096;
/** What one call moves at most. */
constexpr size_t kDirectBuffer = 1 << 20;

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

/**
 * Opens the same file again with O_DIRECT; -1 with errno. Through /proc, so that it is this file, whatever its name
 * leads to by now.
 */
inline int OpenDirect(Calls& calls, int fd, int flags) {
  return calls.Open(AT_FDCWD, ("/proc/self/fd/" + std::to_string(fd)).c_str(), flags | O_DIRECT | O_CLOEXEC | O_NONBLOCK);
}

}  // namespace penstock
