#include "os/linux/copy/copy_methods.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "os/linux/system/linux_calls.h"
#include "system/content_io.h"

namespace penstock {
namespace {

/** Of the copy through user space. */
constexpr size_t kBufferBytes = 1 << 20;

/** Whether every way of writing to the target would fail in the same way. */
bool IsOfTarget(int error) { return EndsTarget(error) || error == EFBIG; }

/**
 * The step for a call within the kernel that has failed with errno. It does not report which of the two files failed, and
 * some file systems fail it (EIO) where a read and a write work: the next technique decides.
 */
Step FailedCopy(const char* syscall) {
  if (errno == EINTR || errno == EAGAIN) return {};
  const Step::Kind kind = IsOfTarget(errno) ? Step::Kind::kFileFailed : Step::Kind::kNotSupported;
  return {kind, 0, {Code::kNone, errno, syscall}};
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
  return FailedCopy("ioctl");
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
  if (calls.Seek(target, offset, SEEK_SET) < 0) return FailedCopy("lseek");
  return CopiedBytes(LinuxCalls(calls).Sendfile(target, source, &from, length), "sendfile");
}

/** read and write: where the kernel, or a sandbox, has neither of the calls above. */
Step CopyByBuffer(Calls& calls, int source, int target, uint64_t offset, uint64_t length) {
  thread_local std::vector<uint8_t> buffer(kBufferBytes);
  const ssize_t got = calls.Pread(source, buffer.data(), std::min<uint64_t>(length, buffer.size()), offset);
  if (got == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "pread64"}};
  if (got < 0 && errno == EINTR) return {};
  if (got < 0) return {Step::Kind::kFileFailed, 0, SourceFailure(errno, "pread64")};
  const auto size = static_cast<size_t>(got);
  Counters::Add(calls.counters().userCopyBytes, size);
  const int error = ContentIo(calls, false).WriteWhole(target, buffer.data(), size, offset);
  if (error != 0) return {Step::Kind::kFileFailed, 0, {Code::kNone, error, "pwrite64"}};
  return {Step::Kind::kMoved, size};
}

constexpr CopyMethod kMethods[] = {
    {Technique::kClone, true, Clone},
    {Technique::kCopyRange, false, CopyRange},
    {Technique::kCopyFile, false, CopyFile},
    {Technique::kReadWrite, false, CopyByBuffer},
};

}  // namespace

const CopyMethod* FindCopyMethod(Technique technique) {
  for (const CopyMethod& method : kMethods) {
    if (method.technique == technique) return &method;
  }
  return nullptr;
}

}  // namespace penstock
