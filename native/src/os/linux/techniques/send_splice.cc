// splice(2): page cache to pipe to socket within the kernel.
#include <algorithm>
#include <cerrno>

#include "os/linux/techniques/pipe.h"
#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

class SendSplice final : public SendTechnique {
 public:
  explicit SendSplice(Calls& calls) : SendTechnique(Technique::kSplice), calls_(calls), pipe_(calls) {}

  // A failed range leaves bytes in the pipe, which must not begin the next one.
  void Begin() override {
    if (inPipe_ > 0) pipe_.Close();
    inPipe_ = 0;
  }

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!pipe_.open()) {
      const int error = pipe_.Open();
      if (error != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, error, "pipe2"}};
    }
    if (inPipe_ == 0) {
      const Step filled = Fill(file, offset, length);
      if (filled.kind != Step::Kind::kMoved) return filled;
    }
    const ssize_t sent = calls_.Splice(pipe_.out(), to.socket(), nullptr, inPipe_, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (sent > 0) {
      inPipe_ -= static_cast<size_t>(sent);
      return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    }
    if (sent == 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, EIO, "splice"}};
    if (errno == EAGAIN || errno == EINTR) return {};
    if (IsUnsupportedErrno(errno)) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "splice"}};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "splice"}};
  }

 private:
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length) {
    auto at = static_cast<loff_t>(offset);
    const size_t want = std::min<uint64_t>(length, pipe_.bytes());
    const ssize_t got = calls_.SpliceFrom(file.fd, &at, pipe_.in(), want, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (got == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "splice"}};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return {IsUnsupportedErrno(errno) ? Step::Kind::kNotSupported : Step::Kind::kFileFailed,
              0,
              {Code::kNone, errno, "splice"}};
    }
    inPipe_ = static_cast<size_t>(got);
    return {Step::Kind::kMoved, 0};
  }

  LinuxCalls calls_;
  Pipe pipe_;
  // Bytes in the pipe; they begin at the offset of the next Send.
  size_t inPipe_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendSplice(Calls& calls) { return std::make_unique<SendSplice>(calls); }

}  // namespace penstock
