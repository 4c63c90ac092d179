// mmap + sendmsg for a range of one large file, several pieces in a call. Many small files and scattered slices, the
// purpose of this technique, are in gather_batch.cc.
#include <algorithm>
#include <array>
#include <cerrno>

#include "send/techniques/send_technique.h"
#include "system/mapped_window.h"

namespace penstock {
namespace {

constexpr uint64_t kWindow = 64ull << 20;
constexpr size_t kPieces = 8;
constexpr uint64_t kPieceBytes = 1 << 20;

class SendGather final : public SendTechnique {
 public:
  explicit SendGather(Calls& calls) : SendTechnique(Technique::kGather), calls_(calls), window_(calls) {}

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!window_.Holds(file.key, offset)) {
      const Step mapped = MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
    }
    std::array<iovec, kPieces> parts{};
    size_t count = 0;
    uint64_t left = std::min(window_.After(offset), length);
    for (uint64_t at = offset; left > 0 && count < kPieces; ++count) {
      const uint64_t size = std::min(left, kPieceBytes);
      parts[count] = {window_.At(at), static_cast<size_t>(size)};
      at += size;
      left -= size;
    }
    const ssize_t sent = to.SendVector(parts.data(), count);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    if (errno == EAGAIN || errno == EINTR) return {};
    // A page of the mapping is not available. A read of the file reports why.
    if (errno == EFAULT) return {Step::Kind::kNotSupported, 0, {Code::kNone, EFAULT, "sendmsg"}};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "sendmsg"}};
  }

 private:
  Step MapAround(const SourceView& file, uint64_t offset) {
    const uint64_t start = offset - offset % kWindow;
    const uint64_t size = std::min(kWindow, file.size - start);
    const Step mapped = window_.Hold(calls_.Map(file.fd, size, start), file.key, start, size);
    if (mapped.kind == Step::Kind::kMoved) window_.Prepare(kUsualMapOption);
    return mapped;
  }

  Calls& calls_;
  MappedWindow window_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendGather(Calls& calls) { return std::make_unique<SendGather>(calls); }

}  // namespace penstock
