// What techniques share that read a file into a buffer and send from it.
#pragma once

#include <algorithm>
#include <cerrno>

#include "send/techniques/send_technique.h"
#include "system/content_io.h"

namespace penstock {

/** A subclass has the buffer and fills it. */
class BufferedSend : public SendTechnique {
 public:
  BufferedSend(Technique technique, Calls& calls, bool dontCache = false)
      : SendTechnique(technique), calls_(calls), content_(calls, dontCache) {}

  void Begin() final {
    start_ = end_ = 0;
    content_.Begin();
  }
  bool SeesContent() const final { return true; }

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) final {
    if (offset < start_ || offset >= end_) {
      const Step filled = Fill(file, offset, length);
      if (filled.kind != Step::Kind::kMoved) return filled;
      start_ = offset;
      end_ = offset + filled.moved;
      Counters::Add(calls_.counters().userCopyBytes, filled.moved);
      if (check != nullptr) check->Update(buffer(), filled.moved);
    }
    const size_t size = std::min<uint64_t>(end_ - offset, length);
    const ssize_t sent = to.Send(buffer() + (offset - start_), size);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    if (errno == EAGAIN || errno == EINTR) return {};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "sendto"}};
  }

 protected:
  virtual uint8_t* buffer() = 0;
  /** Reads up to `length` bytes at `offset` to the buffer's start: kMoved with their number, or why there are none. */
  virtual Step Fill(const SourceView& file, uint64_t offset, uint64_t length) = 0;
  /** One read, for Fill(). */
  Step Read(Descriptor file, uint64_t size, uint64_t offset) {
    const ssize_t got = content_.Read(file, buffer(), size, offset);
    if (got > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(got)};
    if (got == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "pread64"}};
    return {errno == EINTR ? Step::Kind::kWouldBlock : Step::Kind::kFileFailed, 0, {Code::kNone, errno, "pread64"}};
  }

  Calls& calls_;

 private:
  ContentIo content_;
  // Offsets in the file that the buffer holds.
  uint64_t start_ = 0;
  uint64_t end_ = 0;
};

}  // namespace penstock
