// F_NOCACHE + read: the file's bytes pass by the page cache into an aligned buffer, and from it into the socket.
#include <algorithm>
#include <cerrno>

#include "os/macos/system/mac_calls.h"
#include "os/macos/techniques/uncached.h"
#include "send/techniques/buffered_send.h"

namespace penstock {
namespace {

class SendDirect final : public BufferedSend {
 public:
  explicit SendDirect(Calls& calls) : BufferedSend(Technique::kDirect, calls), mac_(calls) {}

 private:
  uint8_t* buffer() override { return buffer_.data(); }
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length) override {
    if (!uncached_ || key_ != file.key) {
      if (mac_.SetNoCache(file.fd) != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "fcntl"}};
      uncached_ = true;
      key_ = file.key;
    }
    const Step step = Read(file.fd, std::min<uint64_t>(kDirectBuffer, length), offset);
    if (step.moved > 0) Counters::Add(calls_.counters().directBytes, UncachedPart(offset, step.moved));
    return step;
  }

  MacCalls mac_;
  UncachedBuffer buffer_;
  bool uncached_ = false;
  uint64_t key_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendDirect(Calls& calls) { return std::make_unique<SendDirect>(calls); }

}  // namespace penstock
