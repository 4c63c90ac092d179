// The pipe for splice(2): one for each stream and direction.
#pragma once

#include <cerrno>
#include <cstddef>

#include "os/linux/system/linux_calls.h"
#include "system/unique_fd.h"

namespace penstock {

/** Belongs to one thread. Both ends are non-blocking. */
class Pipe {
 public:
  explicit Pipe(Calls& calls) : calls_(calls), linux_(calls) {}
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() { Close(); }

  bool open() const { return in_.valid(); }
  /** The end to read from. */
  int out() const { return out_.get(); }
  /** The end to write to. */
  int in() const { return in_.get(); }
  /** What it holds when full, in bytes. */
  size_t bytes() const { return bytes_; }

  /** Creates it as large as this user may; 0, or errno. */
  int Open() {
    int ends[2];
    if (linux_.Pipe(ends) != 0) return errno;
    out_.reset(ends[0]);
    in_.reset(ends[1]);
    bytes_ = 64 << 10;
    // Ordinary users may have a lower limit (/proc/sys/fs/pipe-max-size): a smaller pipe works, with more calls.
    for (const int size : {1 << 20, 256 << 10}) {
      const int set = linux_.SetPipeSize(in_.get(), size);
      if (set <= 0) continue;
      bytes_ = static_cast<size_t>(set);
      break;
    }
    return 0;
  }

  void Close() {
    if (out_.valid()) calls_.Close(out_.release());
    if (in_.valid()) calls_.Close(in_.release());
  }

 private:
  Calls& calls_;
  LinuxCalls linux_;
  UniqueFd out_;
  UniqueFd in_;
  size_t bytes_ = 0;
};

}  // namespace penstock
