// O_DIRECT or its equivalent: read from the disk past the page cache into an aligned buffer, and send from it.
#include <algorithm>
#include <cerrno>

#include "send/techniques/buffered_send.h"
#include "system/direct_buffer.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

class SendDirect final : public BufferedSend {
 public:
  explicit SendDirect(Calls& calls) : BufferedSend(Technique::kDirect, calls) {}
  ~SendDirect() override { Close(); }

 private:
  uint8_t* buffer() override { return buffer_.data(); }
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length) override {
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
    const Step step = Read(aligned ? direct_.get() : file.fd, want, offset);
    const int error = step.failure.error;
    if (aligned && (error == EINVAL || error == EOPNOTSUPP)) return {Step::Kind::kNotSupported, 0, step.failure};
    if (aligned) Counters::Add(calls_.counters().directBytes, step.moved);
    return step;
  }

  void Close() {
    if (direct_.valid()) calls_.Close(direct_.release());
  }

  DirectBuffer<> buffer_;
  UniqueFd direct_;
  uint64_t key_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendDirect(Calls& calls) { return std::make_unique<SendDirect>(calls); }

}  // namespace penstock
