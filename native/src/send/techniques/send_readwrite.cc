// read + write through a user-space buffer: the traditional way.
#include <vector>

#include "send/techniques/buffered_send.h"

namespace penstock {
namespace {

class SendReadWrite final : public BufferedSend {
 public:
  SendReadWrite(const SessionOptions& options, Calls& calls)
      : BufferedSend(Technique::kReadWrite, calls, options.dontCache), buffer_(options.bufferBytes) {}

 private:
  uint8_t* buffer() override { return buffer_.data(); }
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length) override {
    return Read(file.fd, std::min<uint64_t>(buffer_.size(), length), offset);
  }

  std::vector<uint8_t> buffer_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendReadWrite(const SessionOptions& options, Calls& calls) {
  return std::make_unique<SendReadWrite>(options, calls);
}

}  // namespace penstock
