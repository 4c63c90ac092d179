// Reads and writes of content through a user-space buffer, with the option to leave nothing in the page cache.
#pragma once

#include <cerrno>

#include "errors/errors.h"
#include "system/calls.h"

namespace penstock {

/** Belongs to one thread. */
class ContentIo {
 public:
  /** `dontCache`: leaves nothing in the page cache where the file system can do that. */
  ContentIo(Calls& calls, bool dontCache) : calls_(calls), dontCache_(dontCache) {}

  /** A range or a batch begins. What the file system of an earlier one has refused is tried again. */
  void Begin() { refused_ = false; }

  ssize_t Read(Descriptor file, void* data, size_t size, uint64_t offset) {
    if (Tries()) {
      const ssize_t got = calls_.PreadUncached(file, data, size, offset);
      if (!Refuses(got)) return got;
    }
    return calls_.Pread(file, data, size, offset);
  }

  /** Writes all of it. Returns 0, or errno. */
  int WriteWhole(Descriptor file, const uint8_t* data, size_t size, uint64_t offset) {
    while (size > 0) {
      const ssize_t written = Write(file, data, size, offset);
      if (written < 0) {
        if (errno == EINTR) continue;
        return errno;
      }
      if (written == 0) return EIO;
      data += written;
      size -= static_cast<size_t>(written);
      offset += static_cast<uint64_t>(written);
    }
    return 0;
  }

 private:
  bool Tries() const { return dontCache_ && !refused_; }

  ssize_t Write(Descriptor file, const void* data, size_t size, uint64_t offset) {
    if (Tries()) {
      const ssize_t put = calls_.PwriteUncached(file, data, size, offset);
      if (!Refuses(put)) return put;
    }
    return calls_.Pwrite(file, data, size, offset);
  }

  bool Refuses(ssize_t result) {
    if (result >= 0) Counters::Add(calls_.counters().uncachedBytes, static_cast<uint64_t>(result));
    if (result >= 0 || !IsUnsupportedErrno(errno)) return false;
    refused_ = true;
    calls_.counters().uncachedError.store(errno, std::memory_order_relaxed);
    return true;
  }

  Calls& calls_;
  const bool dontCache_;
  bool refused_ = false;
};

}  // namespace penstock
