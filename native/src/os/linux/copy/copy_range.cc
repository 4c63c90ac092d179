// copy_file_range(2): within the kernel, and by shared blocks where the file system can.
#include <cerrno>

#include "os/linux/copy/copy_methods.h"

namespace penstock {
namespace {

class CopyRange final : public CopyMethod {
 public:
  explicit CopyRange(Calls& calls) : calls_(calls) {}

  Technique technique() const override { return Technique::kCopyRange; }
  bool takesWholeFile() const override { return false; }

  Step Copy(int source, int target, uint64_t offset, uint64_t length) override {
    auto from = static_cast<loff_t>(offset);
    auto to = static_cast<loff_t>(offset);
    const ssize_t copied = calls_.CopyFileRange(source, &from, target, &to, length);
    if (copied > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(copied)};
    if (copied == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "copy_file_range"}};
    switch (errno) {
      case EINTR:
      case EAGAIN:
        return {};
      case EINVAL:
      case ENOSYS:
      case EOPNOTSUPP:
      case ETXTBSY:
      case EXDEV:
        return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "copy_file_range"}};
      default:
        return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, "copy_file_range"}};
    }
  }

 private:
  LinuxCalls calls_;
};

}  // namespace

std::unique_ptr<CopyMethod> MakeCopyRange(Calls& calls) { return std::make_unique<CopyRange>(calls); }

}  // namespace penstock
