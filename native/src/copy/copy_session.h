// Copies files into a staging folder on this machine, on a thread of its own.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/counters.h"
#include "base/errors.h"
#include "copy/copy_technique.h"
#include "files/file_ops.h"
#include "send/send_queue.h"

namespace penstock {

struct CopyOptions {
  CopyTechnique technique = CopyTechnique::kClone;
  /** Tried in order when a technique says "not supported here". */
  std::vector<CopyTechnique> fallback;
  /** File N is written to the name `N` in it. */
  std::shared_ptr<Folder> staging;
  /** Whether each write goes to the disk (O_DSYNC). */
  bool through = false;
  /** Whether write-back is started each second. */
  bool everySecond = false;
};

/** A copy technique that could not run, and which call said so. */
struct CopyFellBack {
  CopyTechnique technique = CopyTechnique::kClone;
  int error = 0;
  const char* syscall = "";
};

/** What only copying counts, beside the counters that it shares with sending. Content bytes without holes. */
struct CopyCounters {
  /** By technique. */
  std::array<Atomic, kCopyTechniqueCount> bytesBy{};
  /** Part of those by `copyrange`: from a file on another device than the target's. */
  Atomic rangeAcrossBytes{0};
};

/**
 * Ends exactly once: all files are settled, Cancel(), or an error of the target that the next file would meet
 * as well. Any member may be called from any thread; `onEnd` is called once, on the session's thread.
 */
class CopySession {
 public:
  using OnEnd = std::function<void(const SessionEnd&)>;

  CopySession(CopyOptions options, OnEnd onEnd);
  ~CopySession();
  CopySession(const CopySession&) = delete;
  CopySession& operator=(const CopySession&) = delete;

  void AddFiles(std::vector<SourceFile> files);
  void EndOfFiles();
  /** For the files that follow. */
  void SetTechnique(CopyTechnique technique) { wanted_.store(technique, std::memory_order_relaxed); }
  /** Stops within one call of the kernel; what lies in staging is the caller's. */
  void Cancel();
  /** Waits for the thread. */
  void Join();
  /** After Join: closes the folder. */
  void LetGo() { options_.staging.reset(); }

  const Counters& counters() const { return counters_; }
  const CopyCounters& copyCounters() const { return copyCounters_; }
  CopyTechnique usedTechnique() const { return used_.load(std::memory_order_relaxed); }
  std::vector<CopyFellBack> fellBackFrom() const;
  std::vector<Failure> failures() const;

  // For the session's own thread.
  const CopyOptions& options() const { return options_; }
  Counters& ownCounters() { return counters_; }
  CopyCounters& ownCopyCounters() { return copyCounters_; }
  CopyTechnique wantedTechnique() const { return wanted_.load(std::memory_order_relaxed); }
  void NoteUsed(CopyTechnique technique) { used_.store(technique, std::memory_order_relaxed); }
  void NoteFellBack(CopyTechnique technique, int error, const char* syscall);
  void AddFailure(const Failure& failure);
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }

 private:
  /** Runs on the thread; returns how it ended. */
  SessionEnd CopyAll();
  /** Waits for the next piece of files; empty when there are no more, or when the session is stopping. */
  std::deque<SourceFile> NextFiles();

  CopyOptions options_;
  const OnEnd onEnd_;
  Counters counters_;
  CopyCounters copyCounters_;
  std::atomic<CopyTechnique> wanted_;
  std::atomic<CopyTechnique> used_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // All below need the lock.
  std::deque<SourceFile> waiting_;
  bool noMore_ = false;
  std::vector<Failure> failures_;
  std::vector<CopyFellBack> fellBack_;

  std::thread thread_;
};

}  // namespace penstock
