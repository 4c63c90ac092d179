// recv into a mapping of the file. Only the kernel writes to it: a mapping of a file that others cut short, touched
// here, would be a SIGBUS, while recv answers EFAULT.
#include <algorithm>
#include <cerrno>

#include "engine/receive_technique.h"

// Since Linux 5.14; older headers do not name it.
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace penstock {
namespace {

// A range of the wire is 8 MiB: what a stream writes next to this belongs to other streams as likely as not.
constexpr uint64_t kWindow = 8ull << 20;

class ReceiveMmap final : public ReceiveTechnique {
 public:
  explicit ReceiveMmap(Calls& calls) : calls_(calls) {}
  ReceiveMmap(const ReceiveMmap&) = delete;
  ReceiveMmap& operator=(const ReceiveMmap&) = delete;
  ~ReceiveMmap() override { Drop(); }

  Technique technique() const override { return Technique::kMmap; }
  void Begin(uint64_t end) override {
    Drop();
    end_ = end;
  }
  void End() override { Drop(); }

  Step Receive(int socket, int file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (map_ == nullptr || offset < start_ || offset >= start_ + size_) {
      const Step mapped = MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
    }
    const size_t size = std::min<uint64_t>(start_ + size_ - offset, length);
    const ssize_t got = calls_.Receive(socket, static_cast<uint8_t*>(map_) + (offset - start_), size);
    if (got > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(got), 0, ""};
    if (got == 0) return {Step::Kind::kPeerClosed, 0, 0, "recvfrom"};
    if (errno == EAGAIN || errno == EINTR) return {};
    // The kernel could not get a page of the file: cut short, or lost on a full disk after all.
    return {errno == EFAULT ? Step::Kind::kFileFailed : Step::Kind::kSocketFailed, 0, errno, "recvfrom"};
  }

 private:
  Step MapAround(int file, uint64_t offset) {
    Drop();
    const uint64_t start = offset - offset % kWindow;
    const uint64_t size = std::min(start + kWindow, end_) - start;
    // With the blocks taken beforehand a full disk is ENOSPC here and not a page that cannot be had later. Without
    // them the answer could come too late: then this is not the way.
    if (calls_.Allocate(file, start, size) != 0) {
      const bool unsupported = errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL || errno == ENODEV;
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kFileFailed, 0, errno, "fallocate"};
    }
    void* map = calls_.MapShared(file, size, start);
    if (map == MAP_FAILED) {
      const bool unsupported = errno == ENODEV || errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP;
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kFileFailed, 0, errno, "mmap"};
    }
    map_ = map;
    start_ = start;
    size_ = size;
    // One call instead of a fault a page. A kernel without it answers EINVAL, and the faults come.
    calls_.Advise(map_, size_, MADV_POPULATE_WRITE);
    return {Step::Kind::kMoved, 0, 0, ""};
  }

  void Drop() {
    if (map_ != nullptr) calls_.Unmap(map_, size_);
    map_ = nullptr;
  }

  Calls& calls_;
  void* map_ = nullptr;
  // Where the range ends in the file: nothing behind it is allocated, for a hole may be there.
  uint64_t end_ = 0;
  uint64_t start_ = 0;
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveMmap(Calls& calls) { return std::make_unique<ReceiveMmap>(calls); }

}  // namespace penstock
