// O_DIRECT or its equivalent: recv into an aligned buffer, and write from it to the disk past the page cache.
#include <algorithm>
#include <cerrno>

#include "base/direct_buffer.h"
#include "base/unique_fd.h"
#include "receive/techniques/buffered_receive.h"

namespace penstock {
namespace {

class ReceiveDirect final : public BufferedReceive {
 public:
  explicit ReceiveDirect(Calls& calls) : BufferedReceive(Technique::kDirect, calls) {}
  ~ReceiveDirect() override { Close(); }

  void Begin(uint64_t end) override {
    Close();
    end_ = end;
  }
  int End() override { return Close(); }

 private:
  Step Prepare(Transport& /*from*/, Descriptor file) override {
    if (!direct_.valid()) direct_.reset(calls_.OpenDirectToWrite(file));
    if (!direct_.valid()) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, kDirectFlag}};
    return {Step::Kind::kMoved, 0};
  }

  ssize_t Take(Transport& from, uint64_t offset, uint64_t length, const uint8_t** data) override {
    *data = buffer_.data() + held_;
    return from.Receive(buffer_.data() + held_, std::min<uint64_t>(RoomFrom(offset - held_) - held_, length));
  }

  // Bytes in the buffer count as moved: it is written when it is full and when the range ends.
  Step Write(Descriptor file, const uint8_t* /*data*/, size_t size, uint64_t offset) override {
    const uint64_t start = offset - held_;
    held_ += size;
    if (held_ < RoomFrom(start) && offset + size < end_) return {Step::Kind::kMoved, size};
    Step step = Flush(file, start);
    step.moved = step.kind == Step::Kind::kFileFailed ? 0 : size;
    return step;
  }

  // A range that begins inside a block (after another technique failed) goes to the next block boundary first.
  static uint64_t RoomFrom(uint64_t start) {
    return start % kDirectAlign == 0 ? kDirectBuffer : kDirectAlign - start % kDirectAlign;
  }

  int Close() {
    held_ = 0;
    return direct_.valid() && calls_.Close(direct_.release()) != 0 ? errno : 0;
  }

  // Writes whole blocks past the cache, and the rest through it: the file has its full size already, and a last block
  // padded beyond it and truncated afterwards would leave a longer file after a crash. Data that the disk refuses has
  // left the socket and is written through the cache.
  Step Flush(Descriptor file, uint64_t from) {
    uint64_t done = 0;
    int refused = 0;
    if (from % kDirectAlign == 0) {
      const uint64_t whole = held_ - held_ % kDirectAlign;
      while (done < whole) {
        const ssize_t put = calls_.Pwrite(direct_.get(), buffer_.data() + done, whole - done, from + done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno != EINVAL && errno != EOPNOTSUPP)
          return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, "pwrite64"}};
        if (put < 0) refused = errno;
        else done += static_cast<uint64_t>(put);
        if (put > 0) Counters::Add(calls_.counters().directBytes, static_cast<uint64_t>(put));
        // A short write ends in the middle of a block: the next one would not be aligned.
        if (put <= 0 || done % kDirectAlign != 0) break;
      }
    }
    const int error = WriteWhole(calls_, file, buffer_.data() + done, held_ - done, from + done);
    held_ = 0;
    if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwrite64"}};
    if (refused != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, refused, "pwrite64"}};
    return {Step::Kind::kMoved, 0};
  }

  DirectBuffer<> buffer_;
  UniqueFd direct_;
  // Where the range ends in the file.
  uint64_t end_ = 0;
  // Bytes at the buffer's start that are not in the file yet.
  size_t held_ = 0;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveDirect(Calls& calls) { return std::make_unique<ReceiveDirect>(calls); }

}  // namespace penstock
