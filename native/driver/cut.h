// Cuts the engine's writes to a socket after a given number of bytes, by replacing libc's calls.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace driver {

constexpr uint64_t kUncut = std::numeric_limits<uint64_t>::max();

/** Limits one descriptor while it lives; one at a time. */
class Cut {
 public:
  /** After `bytes` bytes each write on the descriptor fails with EAGAIN. */
  Cut(int fd, uint64_t bytes);
  ~Cut();
  Cut(const Cut&) = delete;
  Cut& operator=(const Cut&) = delete;

  /** Waits until a write is refused; false if `ended` is true first. */
  template <typename Ended>
  bool Reached(Ended&& ended) const;
  /** From now on the descriptor takes all writes again. */
  void Lift();

  /** Ends of the writes so far, in bytes since the beginning. */
  std::vector<uint64_t> Writes() const;

 private:
  bool IsReached() const;
  void Sleep() const;
};

template <typename Ended>
bool Cut::Reached(Ended&& ended) const {
  while (!IsReached()) {
    if (ended()) return false;
    Sleep();
  }
  return true;
}

}  // namespace driver
