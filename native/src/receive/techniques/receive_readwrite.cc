// recv into a user-space buffer, then write: the traditional way. On a kernel-TLS socket (`ktls`) the kernel opens the
// records into that buffer, which takes fewer instructions than splice(2) of one record after the other.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "receive/techniques/held_receive.h"

namespace penstock {
namespace {

/** Of `ktls`: it stays in the processor's cache. */
constexpr size_t kOpenedBytes = 256 << 10;

class ReceiveReadWrite final : public BufferedReceive {
 public:
  ReceiveReadWrite(Technique technique, size_t bufferBytes, Calls& calls)
      : BufferedReceive(technique, calls), buffer_(bufferBytes) {}

 private:
  Step Prepare(Transport& from, Descriptor /*file*/) override {
    // Else the kernel copies what it has opened, which is `readwrite`.
    if (technique() == Technique::kKtls && !from.OpensInPlace())
      return {Step::Kind::kNotSupported, 0, {Code::kNone, EOPNOTSUPP, "setsockopt"}};
    return {Step::Kind::kMoved, 0};
  }
  ssize_t Take(Transport& from, uint64_t /*offset*/, uint64_t length, const uint8_t** data) override {
    *data = buffer_.data();
    return from.Receive(buffer_.data(), std::min<uint64_t>(buffer_.size(), length));
  }

  std::vector<uint8_t> buffer_;
};

// `readwrite` that leaves nothing in the page cache. It writes whole pages: a page that is written in two parts may be under
// write-back when the second part comes.
class ReceiveUncached final : public HeldReceive {
 public:
  ReceiveUncached(size_t bufferBytes, Calls& calls)
      : HeldReceive(Technique::kReadWrite, calls, true), buffer_(bufferBytes - bufferBytes % kDirectAlign) {}

 private:
  uint8_t* buffer() override { return buffer_.data(); }
  uint64_t capacity() const override { return buffer_.size(); }
  Step Flush(Descriptor file, uint64_t size, uint64_t offset) override {
    const int error = content_.WriteWhole(file, buffer_.data(), size, offset);
    if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwritev2"}};
    return {Step::Kind::kMoved, 0};
  }

  std::vector<uint8_t> buffer_;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveReadWrite(const SessionOptions& options, Calls& calls) {
  if (options.dontCache) return std::make_unique<ReceiveUncached>(options.bufferBytes, calls);
  return std::make_unique<ReceiveReadWrite>(Technique::kReadWrite, options.bufferBytes, calls);
}

std::unique_ptr<ReceiveTechnique> MakeReceiveKtls(Calls& calls) {
  return std::make_unique<ReceiveReadWrite>(Technique::kKtls, kOpenedBytes, calls);
}

}  // namespace penstock
