// An arena whose items never move.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace penstock {

/**
 * Segments, each twice as large as the one before. One thread appends. Others may read what the appending thread has published
 * to them since, without a lock. Memory that no item uses is not touched.
 */
template <typename Item, size_t kFirst>
class Segments {
  static_assert(std::is_trivially_default_constructible_v<Item>, "segments are not initialised");

 public:
  /** The place of `count` new items in a row. */
  uint64_t Allocate(size_t count) {
    while (count > end_ - used_) Grow();
    const uint64_t place = used_;
    used_ += count;
    return place;
  }

  Item* At(uint64_t place) { return Find(place); }
  const Item* At(uint64_t place) const { return Find(place); }

 private:
  Item* Find(uint64_t place) const {
    size_t segment = 0;
    for (uint64_t size = kFirst; place >= size; size *= 2) {
      place -= size;
      ++segment;
    }
    return &segments_[segment][place];
  }

  // A row does not continue in the next segment: the rest of this one stays unused.
  void Grow() {
    const size_t size = kFirst << grown_;
    segments_.at(grown_).reset(new Item[size]);
    used_ = end_;
    end_ += size;
    ++grown_;
  }

  std::array<std::unique_ptr<Item[]>, 40> segments_;
  // Of the appending thread.
  size_t grown_ = 0;
  uint64_t used_ = 0;
  uint64_t end_ = 0;
};

}  // namespace penstock
