// O_DIRECT or its equivalent: recv into an aligned buffer, and write from it to the disk past the page cache.
#include <cerrno>

#include "receive/techniques/held_receive.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

class ReceiveDirect final : public HeldReceive {
 public:
  explicit ReceiveDirect(Calls& calls) : HeldReceive(Technique::kDirect, calls) {}
  ~ReceiveDirect() override { Close(); }

  void Begin(uint64_t end) override {
    Close();
    HeldReceive::Begin(end);
  }
  int End() override { return Close(); }

 private:
  uint8_t* buffer() override { return buffer_.data(); }
  uint64_t capacity() const override { return kDirectBuffer; }

  Step Prepare(Transport& /*from*/, Descriptor file) override {
    if (!direct_.valid()) direct_.reset(calls_.OpenDirectToWrite(file));
    if (!direct_.valid()) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, kDirectFlag}};
    return {Step::Kind::kMoved, 0};
  }

  int Close() { return direct_.valid() && calls_.Close(direct_.release()) != 0 ? errno : 0; }

  // Writes whole blocks past the cache, and the rest through it: the file has its full size already, and a last block
  // padded beyond it and truncated afterwards would leave a longer file after a crash. Data that the disk refuses has
  // left the socket and is written through the cache.
  Step Flush(Descriptor file, uint64_t size, uint64_t from) override {
    uint64_t done = 0;
    int refused = 0;
    if (from % kDirectAlign == 0) {
      const uint64_t whole = size - size % kDirectAlign;
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
    const int error = content_.WriteWhole(file, buffer_.data() + done, size - done, from + done);
    if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwrite64"}};
    if (refused != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, refused, "pwrite64"}};
    return {Step::Kind::kMoved, 0};
  }

  DirectBuffer<> buffer_;
  UniqueFd direct_;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveDirect(Calls& calls) { return std::make_unique<ReceiveDirect>(calls); }

}  // namespace penstock
