// What techniques share that receive into memory and write from it.
#pragma once

#include <algorithm>
#include <cerrno>

#include "receive/techniques/receive_technique.h"
#include "system/content_io.h"

namespace penstock {

/** A subclass takes bytes from the transport into memory that it has. */
class BufferedReceive : public ReceiveTechnique {
 public:
  BufferedReceive(Technique technique, Calls& calls, bool dontCache = false)
      : ReceiveTechnique(technique), calls_(calls), content_(calls, dontCache) {}

  void Begin(uint64_t /*end*/) override { content_.Begin(); }
  bool SeesContent() const override { return true; }

  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) final {
    Step ready = Prepare(from, file);
    if (ready.kind != Step::Kind::kMoved) return ready;
    const uint8_t* data = nullptr;
    const ssize_t got = Take(from, offset, length, &data);
    if (got == 0) return {Step::Kind::kPeerClosed, 0, {Code::kNone, 0, "recvfrom"}};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "recvfrom"}};
    }
    const auto size = static_cast<size_t>(got);
    Counters::Add(calls_.counters().userCopyBytes, size);
    if (check != nullptr) check->Update(data, size);
    Step step = Write(file, data, size, offset);
    if (step.kind == Step::Kind::kFileFailed) step.dropped = size - step.moved;
    return step;
  }

 protected:
  /** Before bytes are taken: kMoved when the technique can move them. */
  virtual Step Prepare(Transport& /*from*/, Descriptor /*file*/) { return {Step::Kind::kMoved, 0}; }
  /** Receives up to `length` bytes, which belong at `offset`, as Transport::Receive does; they are then at `*data`. */
  virtual ssize_t Take(Transport& from, uint64_t offset, uint64_t length, const uint8_t** data) = 0;
  virtual Step Write(Descriptor file, const uint8_t* data, size_t size, uint64_t offset) {
    const int error = content_.WriteWhole(file, data, size, offset);
    if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwrite64"}};
    return {Step::Kind::kMoved, size};
  }

  Calls& calls_;
  ContentIo content_;
};

}  // namespace penstock
