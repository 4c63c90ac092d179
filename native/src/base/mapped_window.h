// A window of a file in memory. Only the kernel reads or writes it: a mapping of a file that others cut short, touched
// by code of ours, would be a SIGBUS, while a system call on it answers EFAULT.
#pragma once

#include <cerrno>
#include <cstdint>

#include "base/calls.h"
#include "base/failure.h"

namespace penstock {

/** Belongs to one thread; unmaps what it holds when it goes. */
class MappedWindow {
 public:
  explicit MappedWindow(Calls& calls) : calls_(calls) {}
  MappedWindow(const MappedWindow&) = delete;
  MappedWindow& operator=(const MappedWindow&) = delete;
  ~MappedWindow() { Drop(); }

  /** True when it maps `offset` of the file that was mapped with `key`. */
  bool Holds(uint64_t key, uint64_t offset) const {
    return map_ != nullptr && key_ == key && offset >= start_ && offset < start_ + size_;
  }
  /** The byte at an offset that it holds. */
  uint8_t* At(uint64_t offset) const { return static_cast<uint8_t*>(map_) + (offset - start_); }
  /** Bytes from an offset that it holds up to its end. */
  uint64_t After(uint64_t offset) const { return start_ + size_ - offset; }

  /**
   * Takes over what mmap answered for `size` bytes from `start`, in the place of what it held: kMoved, or what stood in
   * the way by errno.
   */
  Step Hold(void* map, uint64_t key, uint64_t start, uint64_t size) {
    if (map == nullptr) {
      // Where a mapping cannot go beyond the file's end it says so at once, elsewhere the call that uses it does.
      if (errno == EFAULT) return {Step::Kind::kSourceEnded, 0, {Code::kNone, EFAULT, "mmap"}};
      // ENOMEM: no room for one more mapping, which another technique does without.
      const bool unsupported = IsUnsupportedErrno(errno) || errno == ENODEV || errno == ENOMEM;
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kFileFailed, 0, {Code::kNone, errno, "mmap"}};
    }
    Drop();
    map_ = map;
    key_ = key;
    start_ = start;
    size_ = size;
    return {Step::Kind::kMoved, 0};
  }
  /** 0, or the errno of what could not be done; the window is as good as before then. */
  int Prepare(MapOption option) { return calls_.Prepare(map_, size_, option) == 0 ? 0 : errno; }
  /** Takes a page of memory for each of its pages, to be written to; 0, or the errno. */
  int PopulateToWrite() { return calls_.PopulateToWrite(map_, size_) == 0 ? 0 : errno; }
  uint64_t size() const { return size_; }

  void Drop() {
    if (map_ != nullptr) calls_.Unmap(map_, size_);
    map_ = nullptr;
  }

 private:
  Calls& calls_;
  void* map_ = nullptr;
  uint64_t key_ = 0;
  uint64_t start_ = 0;
  uint64_t size_ = 0;
};

}  // namespace penstock
