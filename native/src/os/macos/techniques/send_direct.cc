// F_NOCACHE + read: the file's bytes pass by the page cache into an aligned buffer, and from it into the socket.
#include <algorithm>
#include <cerrno>

#include "os/macos/base/mac_calls.h"
#include "os/macos/techniques/uncached.h"
#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

class SendDirect final : public SendTechnique {
 public:
  explicit SendDirect(Calls& calls) : calls_(calls), mac_(calls) {}

  Technique technique() const override { return Technique::kDirect; }
  void Begin() override { start_ = end_ = 0; }
  bool SeesContent() const override { return true; }

  Step Send(int socket, const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) override {
    if (offset < start_ || offset >= end_) {
      const Step filled = Fill(file, offset, length, check);
      if (filled.kind != Step::Kind::kMoved) return filled;
    }
    const size_t size = std::min<uint64_t>(end_ - offset, length);
    const ssize_t sent = calls_.Send(socket, buffer_.data() + (offset - start_), size);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    if (errno == EAGAIN || errno == EINTR) return {};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "sendto"}};
  }

 private:
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) {
    if (!uncached_ || key_ != file.key) {
      if (mac_.SetNoCache(file.fd) != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "fcntl"}};
      uncached_ = true;
      key_ = file.key;
    }
    const ssize_t got = calls_.Pread(file.fd, buffer_.data(), std::min<uint64_t>(kDirectBuffer, length), offset);
    if (got < 0)
      return {errno == EINTR ? Step::Kind::kWouldBlock : Step::Kind::kFileFailed, 0, {Code::kNone, errno, "pread64"}};
    if (got == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "pread64"}};
    start_ = offset;
    end_ = offset + static_cast<uint64_t>(got);
    Counters::Add(calls_.counters().userCopyBytes, static_cast<uint64_t>(got));
    Counters::Add(calls_.counters().directBytes, UncachedPart(offset, static_cast<uint64_t>(got)));
    if (check != nullptr) check->Update(buffer_.data(), static_cast<size_t>(got));
    return {Step::Kind::kMoved, 0};
  }

  Calls& calls_;
  MacCalls mac_;
  UncachedBuffer buffer_;
  bool uncached_ = false;
  uint64_t key_ = 0;
  uint64_t start_ = 0;
  uint64_t end_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendDirect(Calls& calls) { return std::make_unique<SendDirect>(calls); }

}  // namespace penstock
