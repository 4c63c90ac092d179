// sendfile(2) of macOS: arguments in another order, and a length that reports progress even on failure.
#include <algorithm>
#include <cerrno>

#include "os/macos/system/mac_calls.h"
#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

constexpr uint64_t kMaxCall = 0x7ffff000;

class SendSendfile final : public SendTechnique {
 public:
  explicit SendSendfile(Calls& calls) : SendTechnique(Technique::kSendfile), calls_(calls) {}

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    const auto wanted = static_cast<off_t>(std::min(length, kMaxCall));
    off_t moved = wanted;
    const int result = calls_.Sendfile(file.fd, to.socket(), offset, &moved);
    // A failed call reports the bytes sent before: that is progress, and the next call returns the error alone. A call
    // that failed before it began leaves the length unchanged.
    const bool progress = result == 0 ? moved > 0 : moved > 0 && moved < wanted;
    if (progress) return {Step::Kind::kMoved, static_cast<uint64_t>(moved)};
    if (result != 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (result == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "sendfile"}};
    switch (errno) {
      case EINVAL:
      case ENOSYS:
      case ENOTSUP:
      case EOPNOTSUPP:
        return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "sendfile"}};
      default:
        return {IsConnectionErrno(errno) ? Step::Kind::kSocketFailed : Step::Kind::kFileFailed,
                0,
                {Code::kNone, errno, "sendfile"}};
    }
  }

 private:
  MacCalls calls_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendSendfile(Calls& calls) { return std::make_unique<SendSendfile>(calls); }

}  // namespace penstock
