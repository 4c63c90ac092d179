// Cuts what the engine writes to a socket after a given number of bytes, by standing in front of libc's calls.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace driver {

constexpr uint64_t kUncut = std::numeric_limits<uint64_t>::max();

/** Limits one descriptor while it lives; one at a time. */
class Cut {
 public:
  /** After `bytes` the descriptor takes no more: each write answers EAGAIN. */
  Cut(int fd, uint64_t bytes);
  ~Cut();
  Cut(const Cut&) = delete;
  Cut& operator=(const Cut&) = delete;

  /** Waits until a write is refused; false where `ended` comes first. */
  template <typename Ended>
  bool Reached(Ended&& ended) const;
  /** From here on the descriptor takes everything again. */
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
