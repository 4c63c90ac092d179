// read + write through a user-space buffer: the traditional way.
#include <vector>

#include "send/techniques/buffered_send.h"

namespace penstock {
namespace {

class SendReadWrite final : public BufferedSend {
 public:
  SendReadWrite(size_t bufferBytes, Calls& calls) : BufferedSend(Technique::kReadWrite, calls), buffer_(bufferBytes) {}

 private:
  uint8_t* buffer() override { return buffer_.data(); }
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length) override {
    return Read(file.fd, std::min<uint64_t>(buffer_.size(), length), offset);
  }

  std::vector<uint8_t> buffer_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendReadWrite(size_t bufferBytes, Calls& calls) {
  return std::make_unique<SendReadWrite>(bufferBytes, calls);
}

}  // namespace penstock
