// recv into a mapping of the file.
#include <algorithm>
#include <cerrno>

#include "receive/techniques/receive_technique.h"
#include "system/mapped_window.h"

namespace penstock {
namespace {

// A range of the wire is 8 MiB: the data after it may belong to another stream.
constexpr uint64_t kWindow = 8ull << 20;
// A window is unmapped between ranges, so that one key serves all files.
constexpr uint64_t kOnlyFile = 0;

class ReceiveMmap final : public ReceiveTechnique {
 public:
  explicit ReceiveMmap(Calls& calls) : ReceiveTechnique(Technique::kMmap), calls_(calls), window_(calls) {}

  void Begin(uint64_t end) override {
    window_.Drop();
    end_ = end;
  }
  int End() override {
    window_.Drop();
    return 0;
  }

  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!window_.Holds(kOnlyFile, offset)) {
      const Step mapped = MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
    }
    const size_t size = std::min<uint64_t>(window_.After(offset), length);
    const ssize_t got = from.Receive(window_.At(offset), size);
    if (got > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(got)};
    if (got == 0) return {Step::Kind::kPeerClosed, 0, {Code::kNone, 0, "recvfrom"}};
    if (errno == EAGAIN || errno == EINTR) return {};
    // The kernel could not get a page of the file: it was truncated, or the disk is full.
    return {errno == EFAULT ? Step::Kind::kFileFailed : Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "recvfrom"}};
  }

 private:
  Step MapAround(Descriptor file, uint64_t offset) {
    const uint64_t start = offset - offset % kWindow;
    const uint64_t size = std::min(start + kWindow, end_) - start;
    // With its blocks allocated before, a full disk is ENOSPC here, not a page fault later. Where they cannot be
    // allocated, this technique is not safe.
    if (calls_.Allocate(file, start, size) != 0) {
      const bool unsupported = IsUnsupportedErrno(errno) || errno == ENODEV;
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kFileFailed, 0, {Code::kNone, errno, "fallocate"}};
    }
    const Step mapped = window_.Hold(calls_.MapShared(file, size, start), kOnlyFile, start, size);
    // One call in the place of a fault for each page. Kernels without it return EINVAL, and the faults happen.
    if (mapped.kind == Step::Kind::kMoved) window_.PopulateToWrite();
    return mapped;
  }

  Calls& calls_;
  MappedWindow window_;
  // End of the range in the file. Nothing beyond it is allocated: a hole may follow.
  uint64_t end_ = 0;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveMmap(Calls& calls) { return std::make_unique<ReceiveMmap>(calls); }

}  // namespace penstock
