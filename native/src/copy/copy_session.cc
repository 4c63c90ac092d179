#include "copy/copy_session.h"

#include <exception>
#include <utility>

#include "connection/stream_thread.h"
#include "copy/file_copier.h"

namespace penstock {

CopySession::CopySession(CopyOptions options, OnEnd onEnd)
    : options_(std::move(options)), onEnd_(std::move(onEnd)), wanted_(options_.technique), used_(options_.technique) {
  thread_ = std::thread([this] {
    PrepareStreamThread("ps-copy");
    onEnd_(CopyAll());
  });
}

CopySession::~CopySession() {
  Cancel();
  Join();
}

void CopySession::AddFiles(std::vector<SourceFile> files) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (SourceFile& file : files) waiting_.push_back(std::move(file));
  changed_.notify_one();
}

void CopySession::EndOfFiles() {
  std::lock_guard<std::mutex> lock(mutex_);
  noMore_ = true;
  changed_.notify_one();
}

void CopySession::Cancel() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopping_.store(true, std::memory_order_release);
  changed_.notify_one();
}

void CopySession::Join() {
  if (thread_.joinable()) thread_.join();
}

std::vector<CopyFellBack> CopySession::fellBackFrom() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return fellBack_;
}

std::vector<Failure> CopySession::failures() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return failures_;
}

void CopySession::NoteFellBack(CopyTechnique technique, int error, const char* syscall) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const CopyFellBack& known : fellBack_) {
    if (known.technique == technique && known.error == error) return;
  }
  fellBack_.push_back({technique, error, syscall});
}

void CopySession::AddFailure(const Failure& failure) {
  std::lock_guard<std::mutex> lock(mutex_);
  failures_.push_back(failure);
}

std::deque<SourceFile> CopySession::NextFiles() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stopping() || noMore_ || !waiting_.empty(); });
  return stopping() ? std::deque<SourceFile>() : std::exchange(waiting_, {});
}

SessionEnd CopySession::CopyAll() {
  try {
    const auto copier = MakeFileCopier(*this);
    for (std::deque<SourceFile> files = NextFiles(); !files.empty(); files = NextFiles()) {
      for (const SourceFile& file : files) copier->Copy(file);
    }
    if (stopping()) throw SessionStopping{};
    copier->Finish();
    return {};
  } catch (const StreamStop& stop) {
    return stop.end;
  } catch (const SessionStopping&) {
    return {SessionEnd::Kind::kCancelled, Code::kCancelled, ""};
  } catch (const std::exception&) {
    return {SessionEnd::Kind::kFailed, Code::kInternal, ""};
  }
}

}  // namespace penstock
