// FICLONE: the target shares the source's blocks until one of them is written; nothing is copied.
#include <cerrno>

#include "os/linux/copy/copy_methods.h"

namespace penstock {
namespace {

class CopyClone final : public CopyMethod {
 public:
  explicit CopyClone(Calls& calls) : calls_(calls) {}

  Technique technique() const override { return Technique::kClone; }
  bool takesWholeFile() const override { return true; }

  Step Copy(int source, int target, uint64_t, uint64_t length) override {
    if (calls_.Clone(target, source) == 0) return {Step::Kind::kMoved, length};
    switch (errno) {
      case EINTR:
        return {};
      // ioctl_ficlone(2). ENOTTY: the kernel or file system does not have the request.
      case EBADF:
      case EINVAL:
      case ENOSYS:
      case ENOTTY:
      case EOPNOTSUPP:
      case ETXTBSY:
      case EXDEV:
        return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "ioctl"}};
      default:
        return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, "ioctl"}};
    }
  }

 private:
  LinuxCalls calls_;
};

}  // namespace

std::unique_ptr<CopyMethod> MakeCopyClone(Calls& calls) { return std::make_unique<CopyClone>(calls); }

}  // namespace penstock
