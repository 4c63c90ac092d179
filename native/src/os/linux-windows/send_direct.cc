// O_DIRECT or its equivalent: read from the disk past the page cache into an aligned buffer, and send from it.
#include <algorithm>
#include <cerrno>

#include "base/direct_buffer.h"
#include "base/unique_fd.h"
#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

class SendDirect final : public SendTechnique {
 public:
  explicit SendDirect(Calls& calls) : calls_(calls) {}
  SendDirect(const SendDirect&) = delete;
  SendDirect& operator=(const SendDirect&) = delete;
  ~SendDirect() override { Close(); }

  Technique technique() const override { return Technique::kDirect; }
  void Begin() override { start_ = end_ = 0; }
  bool SeesContent() const override { return true; }

  Step Send(Descriptor socket, const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) override {
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
    if (key_ != file.key || !direct_.valid()) {
      Close();
      direct_.reset(calls_.OpenDirectToRead(file.fd));
      // Without /proc the file cannot be opened again; another technique can send it.
      if (!direct_.valid()) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, kDirectFlag}};
      key_ = file.key;
    }
    // A partial block at the end of the range, and the rest of one after a short read, go through the cache.
    const bool aligned = offset % kDirectAlign == 0 && length >= kDirectAlign;
    uint64_t want = std::min<uint64_t>(length, kDirectBuffer);
    if (aligned) want -= want % kDirectAlign;
    else if (offset % kDirectAlign != 0) want = std::min(want, kDirectAlign - offset % kDirectAlign);
    const ssize_t got = calls_.Pread(aligned ? direct_.get() : file.fd, buffer_.data(), want, offset);
    if (got == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "pread64"}};
    if (got < 0) {
      if (errno == EINTR) return {};
      const bool unsupported = aligned && (errno == EINVAL || errno == EOPNOTSUPP);
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kFileFailed, 0, {Code::kNone, errno, "pread64"}};
    }
    start_ = offset;
    end_ = offset + static_cast<uint64_t>(got);
    Counters::Add(calls_.counters().userCopyBytes, static_cast<uint64_t>(got));
    if (aligned) Counters::Add(calls_.counters().directBytes, static_cast<uint64_t>(got));
    if (check != nullptr) check->Update(buffer_.data(), static_cast<size_t>(got));
    return {Step::Kind::kMoved, 0};
  }

  void Close() {
    if (direct_.valid()) calls_.Close(direct_.release());
  }

  Calls& calls_;
  DirectBuffer<> buffer_;
  UniqueFd direct_;
  uint64_t key_ = 0;
  // Offsets in the file that the buffer holds.
  uint64_t start_ = 0;
  uint64_t end_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendDirect(Calls& calls) { return std::make_unique<SendDirect>(calls); }

}  // namespace penstock
