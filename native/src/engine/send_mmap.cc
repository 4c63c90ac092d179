// mmap + send.
#include <algorithm>
#include <cerrno>

#include "engine/send_technique.h"
#include "engine/mapped_window.h"

namespace penstock {
namespace {

constexpr uint64_t kWindow = 64ull << 20;

class SendMmap final : public SendTechnique {
 public:
  explicit SendMmap(Calls& calls) : calls_(calls), window_(calls) {}

  Technique technique() const override { return Technique::kMmap; }

  Step Send(Descriptor socket, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!window_.Holds(file.key, offset)) {
      const Step mapped = MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
    }
    const size_t size = std::min<uint64_t>(window_.After(offset), length);
    const ssize_t sent = calls_.Send(socket, window_.At(offset), size);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent), 0, ""};
    if (errno == EAGAIN || errno == EINTR) return {};
    // The pages are gone: the file has been cut short under the mapping.
    if (errno == EFAULT) return {Step::Kind::kSourceEnded, 0, EFAULT, "sendto"};
    return {Step::Kind::kSocketFailed, 0, errno, "sendto"};
  }

 private:
  Step MapAround(const SourceView& file, uint64_t offset) {
    const uint64_t start = offset - offset % kWindow;
    const uint64_t size = std::min(kWindow, file.size - start);
    const Step mapped = window_.Hold(calls_.Map(file.fd, size, start), file.key, start, size);
    if (mapped.kind == Step::Kind::kMoved) window_.Advise(MADV_SEQUENTIAL);
    return mapped;
  }

  Calls& calls_;
  MappedWindow window_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendMmap(Calls& calls) { return std::make_unique<SendMmap>(calls); }

}  // namespace penstock
