// Copies files into a staging folder on this machine, on one thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "files/target/file_ops.h"
#include "send/send_queue.h"
#include "session/session.h"

namespace penstock {

struct CopyOptions {
  SessionOptions session;
  /** File N is written to the name `N` in it. */
  std::shared_ptr<Folder> staging;
  /** Whether each write goes to the disk (O_DSYNC). */
  bool through = false;
  /** Whether write-back is started each second. */
  bool everySecond = false;
};

/**
 * Ends when all files are settled, when it is cancelled, or by an error of the target that the next file would meet as
 * well. A cancel stops it within one call of the kernel; staged files remain for the caller.
 */
class CopySession final : public Session {
 public:
  CopySession(CopyOptions options, OnEnd onEnd);
  ~CopySession() override { Abort(); }

  void AddFiles(std::vector<SourceFile> files);
  void EndOfFiles();

  void ReleaseFiles() override { staging_.reset(); }

  // For the session's own thread.
  const Folder& staging() const { return *staging_; }
  bool through() const { return through_; }
  bool everySecond() const { return everySecond_; }

 protected:
  SessionEnd Outcome(const std::optional<SessionEnd>& wanted) override { return wanted.value_or(SessionEnd{}); }
  void OnStopping() override;

 private:
  void CopyAll();
  /** Waits for further files. Empty when there are no more, or when the session stops. */
  std::deque<SourceFile> NextFiles();

  std::shared_ptr<Folder> staging_;
  const bool through_;
  const bool everySecond_;

  std::mutex filesMutex_;
  std::condition_variable filesChanged_;
  // Need filesMutex_.
  std::deque<SourceFile> waiting_;
  bool noMore_ = false;
};

}  // namespace penstock
