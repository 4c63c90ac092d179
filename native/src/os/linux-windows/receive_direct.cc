// O_DIRECT or its equivalent: recv into an aligned buffer, and write from it to the disk past the page cache.
#include <algorithm>
#include <cerrno>

#include "base/direct_buffer.h"
#include "base/unique_fd.h"
#include "receive/techniques/receive_technique.h"

namespace penstock {
namespace {

class ReceiveDirect final : public ReceiveTechnique {
 public:
  explicit ReceiveDirect(Calls& calls) : calls_(calls) {}
  ReceiveDirect(const ReceiveDirect&) = delete;
  ReceiveDirect& operator=(const ReceiveDirect&) = delete;
  ~ReceiveDirect() override { End(); }

  Technique technique() const override { return Technique::kDirect; }
  bool SeesContent() const override { return true; }
  void Begin(uint64_t end) override {
    End();
    end_ = end;
  }
  int End() override {
    held_ = 0;
    return direct_.valid() && calls_.Close(direct_.release()) != 0 ? errno : 0;
  }

  /** Bytes in the buffer count as moved: it is written when it is full and when the range ends. */
  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) override {
    if (!direct_.valid()) {
      direct_.reset(calls_.OpenDirectToWrite(file));
      if (!direct_.valid()) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, kDirectFlag}};
    }
    // A range that begins inside a block (after another technique failed) goes to the next block boundary first.
    const uint64_t start = offset - held_;
    const uint64_t room = start % kDirectAlign == 0 ? kDirectBuffer : kDirectAlign - start % kDirectAlign;
    const size_t want = std::min<uint64_t>(room - held_, length);
    const ssize_t got = from.Receive(buffer_.data() + held_, want);
    if (got == 0) return {Step::Kind::kPeerClosed, 0, {Code::kNone, 0, "recvfrom"}};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "recvfrom"}};
    }
    const auto size = static_cast<size_t>(got);
    Counters::Add(calls_.counters().userCopyBytes, size);
    if (check != nullptr) check->Update(buffer_.data() + held_, size);
    held_ += size;
    if (held_ < room && offset + size < end_) return {Step::Kind::kMoved, size};
    Step step = Flush(file, start);
    step.moved = step.kind == Step::Kind::kFileFailed ? 0 : size;
    return step;
  }

 private:
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

  Calls& calls_;
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
