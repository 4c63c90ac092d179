// recv, open the records, and write from the buffer that they were opened into.
#include <algorithm>
#include <cerrno>

#include "receive/techniques/receive_technique.h"

namespace penstock {
namespace {

class ReceiveUnseal final : public ReceiveTechnique {
 public:
  explicit ReceiveUnseal(Calls& calls) : calls_(calls) {}

  Technique technique() const override { return Technique::kUnseal; }

  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c*) override {
    const uint8_t* data = nullptr;
    const ssize_t got = from.ReceiveInPlace(&data, length);
    if (got == 0) return {Step::Kind::kPeerClosed, 0, {Code::kNone, 0, "recvfrom"}};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "recvfrom"}};
    }
    const auto size = static_cast<size_t>(got);
    Counters::Add(calls_.counters().userCopyBytes, size);
    const int error = WriteWhole(calls_, file, data, size, offset);
    if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwrite64"}};
    return {Step::Kind::kMoved, size};
  }

 private:
  Calls& calls_;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveUnseal(Calls& calls) { return std::make_unique<ReceiveUnseal>(calls); }

}  // namespace penstock
