#include "copy/copy_session.h"

#include <utility>

#include "copy/file_copier.h"

namespace penstock {

CopySession::CopySession(CopyOptions options, OnEnd onEnd)
    : Session(Direction::kCopy, std::move(options.session), std::move(onEnd)),
      staging_(std::move(options.staging)),
      through_(options.through),
      everySecond_(options.everySecond) {
  StartThread("ps-copy", [this](Wake&) { CopyAll(); });
}

void CopySession::AddFiles(std::vector<SourceFile> files) {
  std::lock_guard<std::mutex> lock(filesMutex_);
  for (SourceFile& file : files) waiting_.push_back(std::move(file));
  filesChanged_.notify_one();
}

void CopySession::EndOfFiles() {
  std::lock_guard<std::mutex> lock(filesMutex_);
  noMore_ = true;
  filesChanged_.notify_one();
}

void CopySession::OnStopping() {
  std::lock_guard<std::mutex> lock(filesMutex_);
  filesChanged_.notify_one();
}

std::deque<SourceFile> CopySession::NextFiles() {
  std::unique_lock<std::mutex> lock(filesMutex_);
  filesChanged_.wait(lock, [this] { return stopping() || noMore_ || !waiting_.empty(); });
  return stopping() ? std::deque<SourceFile>() : std::exchange(waiting_, {});
}

void CopySession::CopyAll() {
  const auto copier = MakeFileCopier(*this);
  for (std::deque<SourceFile> files = NextFiles(); !files.empty(); files = NextFiles()) {
    for (const SourceFile& file : files) copier->Copy(file);
  }
  copier->Finish();
}

}  // namespace penstock
