#include "os/linux/copy/copy_methods.h"

#include <cerrno>

#include "os/linux/system/linux_calls.h"

namespace penstock {
namespace {

/** The step for a call that has failed with errno. */
Step FailedCopy(const char* syscall) {
  switch (errno) {
    case EINTR:
    case EAGAIN:
      return {};
    case EINVAL:
    case ENOSYS:
    case EOPNOTSUPP:
    case ETXTBSY:
    case EXDEV:
      return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, syscall}};
    default:
      return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, syscall}};
  }
}

/** The step for a call that has returned the number of bytes it copied, or -1 with errno. */
Step CopiedBytes(ssize_t copied, const char* syscall) {
  if (copied > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(copied)};
  if (copied == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, syscall}};
  return FailedCopy(syscall);
}

/** FICLONE: the target shares the source's blocks until one of them is written; nothing is copied. */
Step Clone(Calls& calls, int source, int target, uint64_t /*offset*/, uint64_t length) {
  if (LinuxCalls(calls).Clone(target, source) == 0) return {Step::Kind::kMoved, length};
  // ioctl_ficlone(2). ENOTTY: the kernel or file system does not have the request.
  if (errno != EBADF && errno != ENOTTY) return FailedCopy("ioctl");
  return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "ioctl"}};
}

/** copy_file_range(2): within the kernel, and by shared blocks if the file system can. */
Step CopyRange(Calls& calls, int source, int target, uint64_t offset, uint64_t length) {
  auto from = static_cast<loff_t>(offset);
  auto to = static_cast<loff_t>(offset);
  return CopiedBytes(LinuxCalls(calls).CopyFileRange(source, &from, target, &to, length), "copy_file_range");
}

/** sendfile(2) from file to file: through a pipe inside the kernel, page cache to page cache. */
Step CopyFile(Calls& calls, int source, int target, uint64_t offset, uint64_t length) {
  auto from = static_cast<off_t>(offset);
  // It writes at the file offset of the target.
  if (calls.Seek(target, offset, SEEK_SET) < 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, errno, "lseek"}};
  return CopiedBytes(LinuxCalls(calls).Sendfile(target, source, &from, length), "sendfile");
}

constexpr CopyMethod kMethods[] = {
    {Technique::kClone, true, Clone},
    {Technique::kCopyRange, false, CopyRange},
    {Technique::kCopyFile, false, CopyFile},
};

}  // namespace

const CopyMethod* FindCopyMethod(Technique technique) {
  for (const CopyMethod& method : kMethods) {
    if (method.technique == technique) return &method;
  }
  return nullptr;
}

}  // namespace penstock
