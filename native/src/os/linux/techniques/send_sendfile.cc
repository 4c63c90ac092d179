// sendfile(2): page cache to socket within the kernel, which encrypts on a kernel-TLS socket (`ktls`).
#include <algorithm>
#include <cerrno>

#include "os/linux/system/linux_calls.h"
#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

// The kernel moves at most 0x7ffff000 bytes a call.
constexpr uint64_t kMaxCall = 0x7ffff000;

class SendSendfile final : public SendTechnique {
 public:
  SendSendfile(Technique technique, Calls& calls) : SendTechnique(technique), calls_(calls) {}

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    auto at = static_cast<off_t>(offset);
    const ssize_t sent = calls_.Sendfile(to.socket(), file.fd, &at, std::min(length, kMaxCall));
    if (sent > 0) {
      to.CountFileBytes(static_cast<uint64_t>(sent));
      return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    }
    if (sent == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "sendfile"}};
    if (errno == EAGAIN || errno == EINTR) return {};
    if (IsUnsupportedErrno(errno)) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "sendfile"}};
    return {IsConnectionErrno(errno) ? Step::Kind::kSocketFailed : Step::Kind::kFileFailed,
            0,
            {Code::kNone, errno, "sendfile"}};
  }

 private:
  LinuxCalls calls_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendSendfile(Calls& calls) {
  return std::make_unique<SendSendfile>(Technique::kSendfile, calls);
}

std::unique_ptr<SendTechnique> MakeSendKtls(Calls& calls) {
  return std::make_unique<SendSendfile>(Technique::kKtls, calls);
}

}  // namespace penstock
