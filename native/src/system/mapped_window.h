// A window of a file in memory. Only the kernel reads or writes it: an access by this program to a mapping of a file
// that another program truncates is a SIGBUS, while a system call on it returns EFAULT.
#pragma once

#include <cerrno>
#include <cstdint>

#include "errors/failure.h"
#include "system/calls.h"

namespace penstock {

/** Belongs to one thread; unmaps what it holds when it is destroyed. */
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
   * Takes ownership of a mapping of `size` bytes from `start`, and unmaps the one before. `map` is nullptr if mmap
   * failed: the step reports errno.
   */
  Step Hold(void* map, uint64_t key, uint64_t start, uint64_t size) {
    if (map == nullptr) {
      // Some systems refuse a mapping beyond the end of the file; on others the call that uses it fails.
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
  /** 0, or errno; the window is unchanged then. */
  int Prepare(MapOption option) { return calls_.Prepare(map_, size_, option) == 0 ? 0 : errno; }
  /** Makes its pages present and writable; 0, or errno. */
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
