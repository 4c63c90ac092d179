// pread into a buffer that stays in the processor's cache; the sealed transport encrypts it into records and sends them
// in one call.
#include <array>

#include "send/techniques/buffered_send.h"

namespace penstock {
namespace {

class SendSeal final : public BufferedSend {
 public:
  explicit SendSeal(Calls& calls) : BufferedSend(Technique::kSeal, calls), buffer_(new Buffer) {}

 private:
  // Whole records: the last one of a call ends with it.
  using Buffer = std::array<uint8_t, kBatchRecords * kRecordContentBytes>;

  uint8_t* buffer() override { return buffer_->data(); }
  Step Fill(const SourceView& file, uint64_t offset, uint64_t length) override {
    return Read(file.fd, std::min<uint64_t>(buffer_->size(), length), offset);
  }

  const std::unique_ptr<Buffer> buffer_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendSeal(Calls& calls) { return std::make_unique<SendSeal>(calls); }

}  // namespace penstock
