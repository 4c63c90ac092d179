// What techniques share that receive into a buffer and write it once it is full.
#pragma once

#include <algorithm>

#include "receive/techniques/buffered_receive.h"
#include "system/direct_buffer.h"

namespace penstock {

/** Writes whole blocks: bytes in the buffer count as moved, and it is written when it is full and when the range ends. */
class HeldReceive : public BufferedReceive {
 public:
  using BufferedReceive::BufferedReceive;

  void Begin(uint64_t end) override {
    BufferedReceive::Begin(end);
    held_ = 0;
    end_ = end;
  }

 protected:
  virtual uint8_t* buffer() = 0;
  /** Bytes of the buffer: a multiple of kDirectAlign. */
  virtual uint64_t capacity() const = 0;
  /** Writes the first `size` bytes of the buffer at `offset`; `moved` of the step does not count. */
  virtual Step Flush(Descriptor file, uint64_t size, uint64_t offset) = 0;

 private:
  ssize_t Take(Transport& from, uint64_t offset, uint64_t length, const uint8_t** data) final {
    *data = buffer() + held_;
    return from.Receive(buffer() + held_, std::min<uint64_t>(RoomFrom(offset - held_) - held_, length));
  }

  Step Write(Descriptor file, const uint8_t* /*data*/, size_t size, uint64_t offset) final {
    const uint64_t start = offset - held_;
    held_ += size;
    if (held_ < RoomFrom(start) && offset + size < end_) return {Step::Kind::kMoved, size};
    Step step = Flush(file, held_, start);
    held_ = 0;
    step.moved = step.kind == Step::Kind::kFileFailed ? 0 : size;
    return step;
  }

  // A range that begins inside a block (after another technique failed) goes to the next block boundary first.
  uint64_t RoomFrom(uint64_t start) const {
    return start % kDirectAlign == 0 ? capacity() : kDirectAlign - start % kDirectAlign;
  }

  // Where the range ends in the file.
  uint64_t end_ = 0;
  // Bytes at the buffer's start that are not in the file yet.
  uint64_t held_ = 0;
};

}  // namespace penstock
