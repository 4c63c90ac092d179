#include "copy/file_copier.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

#include "facts/counters.h"
#include "os/linux/copy/copy_methods.h"
#include "os/posix/system/posix_calls.h"
#include "send/content/entry_source.h"
#include "session/fallback.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

/** Far below the limit of one call, 2 GiB: after each call progress is counted and a cancel is seen. */
constexpr uint64_t kMaxCall = 64 << 20;
constexpr auto kFoldEvery = std::chrono::milliseconds(50);
constexpr auto kWriteBackEvery = std::chrono::seconds(1);

class LinuxFileCopier final : public FileCopier {
 public:
  explicit LinuxFileCopier(CopySession& session)
      : session_(session), calls_(session.counters()), usage_(session.counters()), fallback_(session) {}

  void Copy(const SourceFile& file) override;
  void Finish() override { usage_.Fold(); }

 private:
  /** Source and target of the current file. */
  struct Pair {
    UniqueFd source;
    UniqueFd target;
    uint64_t sourceDevice = 0;
    uint64_t targetDevice = 0;
  };

  Failure CopyContent(const SourceFile& file, Pair& pair);
  Failure Unchanged(const SourceFile& file, Pair& pair);
  Failure OpenTarget(const SourceFile& file, Pair& pair);
  Failure CopyData(const SourceFile& file, const Pair& pair);
  /** Moves `at` past a hole to the next data, and `until` to the end of that data. */
  void FindData(int source, uint64_t size, uint64_t* at, uint64_t* until);
  /** The technique for the rest of this file; null when none is left. */
  const CopyMethod* Prepare(uint64_t key);
  Failure FailedBy(const Failure& call);
  void NoteMoved(const Pair& pair, uint64_t bytes);

  CopySession& session_;
  Calls calls_;
  ThreadUsage usage_;
  Fallback fallback_;
  const CopyMethod* method_ = nullptr;
  std::chrono::steady_clock::time_point folded_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point writtenBack_ = folded_;
};

}  // namespace

void LinuxFileCopier::Copy(const SourceFile& file) {
  if (session_.stopping()) throw SessionStopping{};
  method_ = nullptr;
  Pair pair;
  Failure failure = CopyContent(file, pair);
  if (pair.source.valid()) calls_.Close(pair.source.release());
  // Some file systems report write errors on close.
  const bool closed = !pair.target.valid() || calls_.Close(pair.target.release()) == 0;
  if (!closed && !failure) failure = TargetFailure(errno, "close");
  if (failure) session_.AddFailure(failure.of(file.index));
  else Counters::Add(session_.counters().filesDone, 1);
}

Failure LinuxFileCopier::CopyContent(const SourceFile& file, Pair& pair) {
  pair.source.reset(calls_.OpenSource(file.path));
  if (!pair.source.valid()) return SourceFailure(errno, "openat");
  const Failure before = Unchanged(file, pair);
  // The commit creates empty files.
  if (before || file.size == 0) return before;
  const Failure opened = OpenTarget(file, pair);
  if (opened) return opened;
  const Failure copied = CopyData(file, pair);
  // The other files may need the room.
  if (copied) calls_.Truncate(pair.target.get(), 0);
  return copied ? copied : Unchanged(file, pair);
}

Failure LinuxFileCopier::Unchanged(const SourceFile& file, Pair& pair) {
  FileFacts facts;
  if (calls_.Facts(pair.source.get(), &facts) != 0) return SourceFailure(errno, "statx");
  pair.sourceDevice = facts.device;
  return {ChangeOf(file, facts)};
}

Failure LinuxFileCopier::OpenTarget(const SourceFile& file, Pair& pair) {
  const int through = session_.through() ? O_DSYNC : 0;
  const std::string name = std::to_string(file.index);
  pair.target.reset(PosixCalls(calls_).Open(session_.staging().fd(), name.c_str(),
                                            O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC | through, 0600));
  // The name is one of this program's own: it is missing only where the staging folder is.
  if (!pair.target.valid() && IsFolderGone(errno)) FailTarget(errno, "openat");
  if (!pair.target.valid()) return FailedBy({Code::kNone, errno, "openat"});
  FileFacts facts;
  if (calls_.Facts(pair.target.get(), &facts) != 0) return FailedBy({Code::kNone, errno, "statx"});
  pair.targetDevice = facts.device;
  return {};
}

Failure LinuxFileCopier::CopyData(const SourceFile& file, const Pair& pair) {
  uint64_t at = 0;
  uint64_t until = 0;
  bool sized = false;
  // Why no technique is left, if so.
  Failure refused{Code::kNone, EOPNOTSUPP};
  // 0 means "no file yet" to Fallback.
  const uint64_t key = uint64_t{file.index} + 1;
  while (at < file.size) {
    if (session_.stopping()) throw SessionStopping{};
    const CopyMethod* method = Prepare(key);
    if (method == nullptr) return TargetFailure(refused.error, refused.syscall);
    if (!method->takesWholeFile && at == until) {
      const uint64_t hole = at;
      FindData(pair.source.get(), file.size, &at, &until);
      Counters::Add(session_.counters().holeBytes, at - hole);
      Counters::Add(session_.counters().bytes, at - hole);
      if (!sized && (at > 0 || until < file.size)) {
        // Before the data: some file systems preallocate for a growing file, which would fill its holes.
        if (calls_.Truncate(pair.target.get(), file.size) != 0) {
          return FailedBy({Code::kNone, errno, "ftruncate"});
        }
        sized = true;
      }
      if (at == file.size) break;
    }
    const uint64_t length = method->takesWholeFile ? file.size : std::min(until - at, kMaxCall);
    const Step step = method->copy(calls_, pair.source.get(), pair.target.get(), at, length);
    switch (step.kind) {
      case Step::Kind::kMoved:
        at += step.moved;
        NoteMoved(pair, step.moved);
        break;
      case Step::Kind::kNotSupported:
        refused = step.failure;
        fallback_.Refused(key, method->technique, step.failure);
        method_ = nullptr;
        break;
      case Step::Kind::kSourceEnded:
        return {Code::kFileShrank};
      case Step::Kind::kFileFailed:
        return FailedBy(step.failure);
      default:
        break;
    }
  }
  return {};
}

void LinuxFileCopier::FindData(int source, uint64_t size, uint64_t* at, uint64_t* until) {
  *until = size;
  const int64_t data = calls_.Seek(source, *at, SEEK_DATA);
  if (data < 0) {
    // ENXIO: no data up to the end. Any other error: the file system does not report holes, and all is data.
    if (errno == ENXIO) *at = size;
    return;
  }
  *at = std::min(static_cast<uint64_t>(data), size);
  const int64_t hole = calls_.Seek(source, *at, SEEK_HOLE);
  if (hole > static_cast<int64_t>(*at)) *until = std::min(static_cast<uint64_t>(hole), size);
}

const CopyMethod* LinuxFileCopier::Prepare(uint64_t key) {
  if (method_ != nullptr) return method_;
  const auto chosen = fallback_.Choose(key, std::nullopt);
  if (!chosen) return nullptr;
  method_ = FindCopyMethod(*chosen);
  session_.NoteUsed(*chosen);
  return method_;
}

Failure LinuxFileCopier::FailedBy(const Failure& call) {
  // Of the source.
  if (call.code != Code::kNone) return call;
  if (EndsTarget(call.error)) FailTarget(call.error, call.syscall);
  return TargetFailure(call.error, call.syscall);
}

void LinuxFileCopier::NoteMoved(const Pair& pair, uint64_t bytes) {
  const Technique technique = method_->technique;
  session_.counters().Moved(technique, bytes);
  if (technique == Technique::kCopyRange && pair.sourceDevice != pair.targetDevice) {
    Counters::Add(session_.counters().rangeAcrossBytes, bytes);
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - folded_ >= kFoldEvery) {
    usage_.Fold();
    folded_ = now;
  }
  if (session_.everySecond() && now - writtenBack_ >= kWriteBackEvery) {
    calls_.StartWriteBack(pair.target.get());
    writtenBack_ = now;
  }
}

std::unique_ptr<FileCopier> MakeFileCopier(CopySession& session) { return std::make_unique<LinuxFileCopier>(session); }

}  // namespace penstock
