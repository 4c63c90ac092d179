// recv into an aligned buffer, written through a descriptor with F_NOCACHE: the page cache keeps nothing of it.
#include <algorithm>
#include <cerrno>

#include "os/macos/base/mac_calls.h"
#include "os/macos/techniques/uncached.h"
#include "receive/techniques/receive_technique.h"

namespace penstock {
namespace {

class ReceiveDirect final : public ReceiveTechnique {
 public:
  explicit ReceiveDirect(Calls& calls) : calls_(calls), mac_(calls) {}

  Technique technique() const override { return Technique::kDirect; }
  bool SeesContent() const override { return true; }
  void Begin(uint64_t /*end*/) override { uncached_ = false; }

  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) override {
    if (!uncached_ && mac_.SetNoCache(file) != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "fcntl"}};
    uncached_ = true;
    const ssize_t got = from.Receive(buffer_.data(), std::min<uint64_t>(kDirectBuffer, length));
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
    Counters::Add(calls_.counters().directBytes, UncachedPart(offset, size));
    return {Step::Kind::kMoved, size};
  }

 private:
  Calls& calls_;
  MacCalls mac_;
  UncachedBuffer buffer_;
  bool uncached_ = false;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveDirect(Calls& calls) { return std::make_unique<ReceiveDirect>(calls); }

}  // namespace penstock
