// recv into a user-space buffer, then write: the traditional way. On a kernel-TLS socket (`ktls`) the kernel opens the
// records into that buffer, which takes fewer instructions than splice(2) of one record after the other.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "receive/techniques/receive_technique.h"

namespace penstock {
namespace {

/** Of `ktls`: it stays in the processor's cache. */
constexpr size_t kOpenedBytes = 256 << 10;

class ReceiveReadWrite final : public ReceiveTechnique {
 public:
  ReceiveReadWrite(Technique technique, size_t bufferBytes, Calls& calls)
      : technique_(technique), calls_(calls), buffer_(bufferBytes) {}

  Technique technique() const override { return technique_; }
  bool SeesContent() const override { return true; }

  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) override {
    // Else the kernel copies what it has opened, which is `readwrite`.
    if (technique_ == Technique::kKtls && !from.OpensInPlace()) {
      return {Step::Kind::kNotSupported, 0, {Code::kNone, EOPNOTSUPP, "setsockopt"}};
    }
    const ssize_t got = from.Receive(buffer_.data(), std::min<uint64_t>(buffer_.size(), length));
    if (got == 0) return {Step::Kind::kPeerClosed, 0, {Code::kNone, 0, "recvfrom"}};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "recvfrom"}};
    }
    const auto size = static_cast<size_t>(got);
    Counters::Add(calls_.counters().userCopyBytes, size);
    if (check != nullptr) check->Update(buffer_.data(), size);
    const int error = WriteWhole(calls_, file, buffer_.data(), size, offset);
    if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwrite64"}};
    return {Step::Kind::kMoved, size};
  }

 private:
  const Technique technique_;
  Calls& calls_;
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
