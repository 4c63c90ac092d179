// recv into a user-space buffer, then write: the traditional way. On a kernel-TLS socket (`ktls`) the kernel opens the
// records into that buffer, which takes fewer instructions than splice(2) of one record after the other.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "receive/techniques/buffered_receive.h"

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

}  // namespace

int WriteWhole(Calls& calls, Descriptor file, const uint8_t* data, size_t size, uint64_t offset) {
  while (size > 0) {
    const ssize_t written = calls.Pwrite(file, data, size, offset);
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

std::unique_ptr<ReceiveTechnique> MakeReceiveReadWrite(size_t bufferBytes, Calls& calls) {
  return std::make_unique<ReceiveReadWrite>(Technique::kReadWrite, bufferBytes, calls);
}

std::unique_ptr<ReceiveTechnique> MakeReceiveKtls(Calls& calls) {
  return std::make_unique<ReceiveReadWrite>(Technique::kKtls, kOpenedBytes, calls);
}

}  // namespace penstock
