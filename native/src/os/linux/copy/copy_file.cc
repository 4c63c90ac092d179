// sendfile(2) from file to file: through a pipe inside the kernel, page cache to page cache.
#include <cerrno>

#include "os/linux/copy/copy_methods.h"

namespace penstock {
namespace {

class CopyFileMethod final : public CopyMethod {
 public:
  explicit CopyFileMethod(Calls& calls) : calls_(calls), linux_(calls) {}

  Technique technique() const override { return Technique::kCopyFile; }
  bool takesWholeFile() const override { return false; }

  Step Copy(int source, int target, uint64_t offset, uint64_t length) override {
    // sendfile(2) writes at the file offset of the target, and advances it.
    if (target != target_ || offset != position_) {
      if (calls_.Seek(target, offset, SEEK_SET) < 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, "lseek"}};
      target_ = target;
      position_ = offset;
    }
    auto from = static_cast<off_t>(offset);
    const ssize_t copied = linux_.Sendfile(target, source, &from, length);
    if (copied > 0) {
      position_ += static_cast<uint64_t>(copied);
      return {Step::Kind::kMoved, static_cast<uint64_t>(copied)};
    }
    if (copied == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "sendfile"}};
    switch (errno) {
      case EINTR:
      case EAGAIN:
        return {};
      case EINVAL:
      case ENOSYS:
      case EOPNOTSUPP:
      case ETXTBSY:
      case EXDEV:
        return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "sendfile"}};
      default:
        return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, "sendfile"}};
    }
  }

 private:
  Calls& calls_;
  LinuxCalls linux_;
  int target_ = -1;
  uint64_t position_ = 0;
};

}  // namespace

std::unique_ptr<CopyMethod> MakeCopyFile(Calls& calls) { return std::make_unique<CopyFileMethod>(calls); }

}  // namespace penstock
