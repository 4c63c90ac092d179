// A descriptor that closes itself.
#pragma once

#include <utility>

#include "platform.h"

namespace penstock {

template <void (*CloseIt)(Descriptor)>
class UniqueDescriptor {
 public:
  UniqueDescriptor() = default;
  explicit UniqueDescriptor(Descriptor fd) : fd_(fd) {}
  UniqueDescriptor(UniqueDescriptor&& other) noexcept : fd_(other.release()) {}
  UniqueDescriptor& operator=(UniqueDescriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  UniqueDescriptor(const UniqueDescriptor&) = delete;
  UniqueDescriptor& operator=(const UniqueDescriptor&) = delete;
  ~UniqueDescriptor() { reset(); }

  Descriptor get() const { return fd_; }
  bool valid() const { return fd_ != kNoDescriptor; }
  Descriptor release() { return std::exchange(fd_, kNoDescriptor); }
  void reset(Descriptor fd = kNoDescriptor) {
    if (valid()) CloseIt(fd_);
    fd_ = fd;
  }

 private:
  Descriptor fd_ = kNoDescriptor;
};

/** A file or a folder; and a socket, which is the same type if the system closes both alike. */
using UniqueFd = UniqueDescriptor<CloseFile>;
using UniqueSocket = UniqueDescriptor<CloseSocket>;

}  // namespace penstock
