// read + write through a user-space buffer: the traditional way.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

class SendReadWrite final : public SendTechnique {
 public:
  SendReadWrite(size_t bufferBytes, Calls& calls) : calls_(calls), buffer_(bufferBytes) {}

  Technique technique() const override { return Technique::kReadWrite; }
  void Begin() override { start_ = end_ = 0; }
  bool SeesContent() const override { return true; }

  Step Send(Descriptor socket, const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) override {
    if (offset < start_ || offset >= end_) {
      const size_t want = std::min<uint64_t>(buffer_.size(), length);
      const ssize_t got = calls_.Pread(file.fd, buffer_.data(), want, offset);
      if (got < 0)
        return {errno == EINTR ? Step::Kind::kWouldBlock : Step::Kind::kFileFailed, 0, {Code::kNone, errno, "pread64"}};
      if (got == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "pread64"}};
      start_ = offset;
      end_ = offset + static_cast<uint64_t>(got);
      Counters::Add(calls_.counters().userCopyBytes, static_cast<uint64_t>(got));
      if (check != nullptr) check->Update(buffer_.data(), static_cast<size_t>(got));
    }
    const size_t size = std::min<uint64_t>(end_ - offset, length);
    const ssize_t sent = calls_.Send(socket, buffer_.data() + (offset - start_), size);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    if (errno == EAGAIN || errno == EINTR) return {};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "sendto"}};
  }

 private:
  Calls& calls_;
  std::vector<uint8_t> buffer_;
  // Offsets in the file that the buffer holds.
  uint64_t start_ = 0;
  uint64_t end_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendReadWrite(size_t bufferBytes, Calls& calls) {
  return std::make_unique<SendReadWrite>(bufferBytes, calls);
}

}  // namespace penstock
