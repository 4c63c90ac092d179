// mmap + send. The mapping is only handed to the kernel and never touched here: a truncated file would be a
// SIGBUS.
#include <algorithm>
#include <cerrno>

#include "engine/send_technique.h"

namespace penstock {
namespace {

constexpr uint64_t kWindow = 64ull << 20;

class SendMmap final : public SendTechnique {
 public:
  explicit SendMmap(Calls& calls) : calls_(calls) {}
  SendMmap(const SendMmap&) = delete;
  SendMmap& operator=(const SendMmap&) = delete;
  ~SendMmap() override { Drop(); }

  Technique technique() const override { return Technique::kMmap; }

  Step Send(int socket, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (map_ == nullptr || key_ != file.key || offset < start_ || offset >= start_ + size_) {
      const Step mapped = MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
    }
    const size_t size = std::min<uint64_t>(start_ + size_ - offset, length);
    const ssize_t sent = calls_.Send(socket, static_cast<const uint8_t*>(map_) + (offset - start_), size);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent), 0, ""};
    if (errno == EAGAIN || errno == EINTR) return {};
    // The pages are gone: the file has been cut short under the mapping.
    if (errno == EFAULT) return {Step::Kind::kSourceEnded, 0, EFAULT, "sendto"};
    return {Step::Kind::kSocketFailed, 0, errno, "sendto"};
  }

 private:
  Step MapAround(const SourceView& file, uint64_t offset) {
    Drop();
    const uint64_t start = offset - offset % kWindow;
    const uint64_t size = std::min(kWindow, file.size - start);
    void* map = calls_.Map(file.fd, size, start);
    if (map == MAP_FAILED) {
      const bool unsupported = errno == ENODEV || errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP;
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kFileFailed, 0, errno, "mmap"};
    }
    map_ = map;
    start_ = start;
    size_ = size;
    key_ = file.key;
    calls_.Advise(map_, size_, MADV_SEQUENTIAL);
    return {Step::Kind::kMoved, 0, 0, ""};
  }

  void Drop() {
    if (map_ != nullptr) calls_.Unmap(map_, size_);
    map_ = nullptr;
  }

  Calls& calls_;
  void* map_ = nullptr;
  uint64_t key_ = 0;
  uint64_t start_ = 0;
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendMmap(Calls& calls) { return std::make_unique<SendMmap>(calls); }

}  // namespace penstock
