// clonefile(2), and fcopyfile(3) if the file system cannot share blocks.
#include "copy/file_copier.h"

#include <copyfile.h>
#include <sys/clonefile.h>

#include <cerrno>
#include <memory>
#include <string>

#include "facts/counters.h"
#include "os/macos/system/mac_calls.h"
#include "send/content/entry_source.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

Failure FailedBy(int error, const char* syscall) {
  if (EndsTarget(error)) FailTarget(error, syscall);
  return TargetFailure(error, syscall);
}

struct FreeState {
  void operator()(copyfile_state_t state) const { ::copyfile_state_free(state); }
};
using CopyState = std::unique_ptr<std::remove_pointer_t<copyfile_state_t>, FreeState>;

/** State of the callback of fcopyfile: where to count, and when to stop. */
struct Progress {
  CopySession* session = nullptr;
  uint64_t counted = 0;
};

/** fcopyfile calls this after each piece; COPYFILE_QUIT ends it with ECANCELED. */
int OnProgress(int /*what*/, int stage, copyfile_state_t state, const char*, const char*, void* context) {
  auto* progress = static_cast<Progress*>(context);
  off_t copied = 0;
  if (stage == COPYFILE_PROGRESS && ::copyfile_state_get(state, COPYFILE_STATE_COPIED, &copied) == 0) {
    const auto total = static_cast<uint64_t>(copied);
    Counters::Add(progress->session->counters().bytes, total - progress->counted);
    progress->counted = total;
  }
  return progress->session->stopping() ? COPYFILE_QUIT : COPYFILE_CONTINUE;
}

class MacFileCopier final : public FileCopier {
 public:
  explicit MacFileCopier(CopySession& session)
      : session_(session), calls_(session.counters()), usage_(session.counters()) {}

  void Copy(const SourceFile& file) override;
  void Finish() override { usage_.Fold(); }

 private:
  Failure CopyContent(const SourceFile& file);
  Failure Unchanged(const SourceFile& file, int source);
  /** True if the file was cloned; false if the bytes must be copied. */
  bool Clone(int source, const std::string& name, Failure* failure);
  Failure CopyBytes(const SourceFile& file, int source, const std::string& name);
  void NoteDone(Technique technique, uint64_t bytes);

  CopySession& session_;
  Calls calls_;
  ThreadUsage usage_;
};

void MacFileCopier::Copy(const SourceFile& file) {
  if (session_.stopping()) throw SessionStopping{};
  const Failure failure = CopyContent(file);
  usage_.Fold();
  if (session_.stopping()) throw SessionStopping{};
  if (failure) session_.AddFailure(failure.of(file.index));
  else Counters::Add(session_.counters().filesDone, 1);
}

Failure MacFileCopier::CopyContent(const SourceFile& file) {
  const UniqueFd source(calls_.OpenSource(file.path));
  if (!source.valid()) return SourceFailure(errno, "openat");
  const Failure before = Unchanged(file, source.get());
  // The commit creates empty files.
  if (before || file.size == 0) return before;
  const std::string name = std::to_string(file.index);
  Failure failure;
  const bool cloned = session_.wantedTechnique() == Technique::kClone && Clone(source.get(), name, &failure);
  if (cloned) {
    Counters::Add(session_.counters().bytes, file.size);
    NoteDone(Technique::kClone, file.size);
  } else if (!failure) {
    failure = CopyBytes(file, source.get(), name);
    if (!failure) NoteDone(Technique::kCopyFile, file.size);
  }
  return failure ? failure : Unchanged(file, source.get());
}

Failure MacFileCopier::Unchanged(const SourceFile& file, int source) {
  FileFacts facts;
  if (calls_.Facts(source, &facts) != 0) return SourceFailure(errno, "fstat");
  return {ChangeOf(file, facts)};
}

bool MacFileCopier::Clone(int source, const std::string& name, Failure* failure) {
  const int folder = session_.staging().fd();
  if (MacCalls(calls_).Clone(source, folder, name.c_str()) == 0) return true;
  const int error = errno;
  if (error == ENOTSUP || error == EXDEV || error == EINVAL || error == ENOSYS) {
    session_.NoteFellBack(Technique::kClone, {Code::kNone, error, "fclonefileat"});
  } else {
    *failure = FailedBy(error, "fclonefileat");
  }
  return false;
}

Failure MacFileCopier::CopyBytes(const SourceFile& file, int source, const std::string& name) {
  const int folder = session_.staging().fd();
  UniqueFd target(
      MacCalls(calls_).Open(folder, name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!target.valid()) return FailedBy(errno, "openat");
  Progress progress{&session_, 0};
  const CopyState state(::copyfile_state_alloc());
  if (!state) return FailedBy(ENOMEM, "copyfile_state_alloc");
  ::copyfile_state_set(state.get(), COPYFILE_STATE_STATUS_CB, reinterpret_cast<const void*>(&OnProgress));
  ::copyfile_state_set(state.get(), COPYFILE_STATE_STATUS_CTX, &progress);
  if (::fcopyfile(source, target.get(), state.get(), COPYFILE_DATA) != 0) return FailedBy(errno, "fcopyfile");
  // Some file systems report write errors on close.
  if (calls_.Close(target.release()) != 0) return TargetFailure(errno, "close");
  Counters::Add(session_.counters().bytes, file.size - progress.counted);
  return {};
}

void MacFileCopier::NoteDone(Technique technique, uint64_t bytes) {
  session_.NoteUsed(technique);
  Counters::Add(session_.counters().bytesBy[static_cast<size_t>(technique)], bytes);
}

}  // namespace

std::unique_ptr<FileCopier> MakeFileCopier(CopySession& session) { return std::make_unique<MacFileCopier>(session); }

}  // namespace penstock
