// What sending and receiving share: the threads of the streams, the one end, the failures, the choice of
// technique.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/counters.h"
#include "base/errors.h"
#include "base/map_options.h"
#include "base/technique.h"
#include "base/unique_fd.h"
#include "base/wake.h"

namespace penstock {

/** What JavaScript asked for, the same for both directions. */
struct SessionOptions {
  Technique technique = Technique::kReadWrite;
  std::vector<Technique> fallback;
  size_t bufferBytes = 1 << 20;
  bool check = true;
  /** What `mmap` does to its windows before it sends from them. */
  MapOptions mapOptions;
};

/** A technique that was asked for and could not run, and which call said so. */
struct FellBack {
  Technique technique = Technique::kReadWrite;
  int error = 0;
  std::string syscall;
};

/**
 * A session ends exactly once: by the first End(), or when every stream has returned (Outcome).
 * Any member may be called from any thread. `onEnd` is called once, on the thread that happened to be last.
 */
class Session {
 public:
  using OnEnd = std::function<void(const SessionEnd&)>;

  Session(Direction direction, SessionOptions options, OnEnd onEnd);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /** Ends the session from this side and sends `code` to the peer. */
  virtual void Cancel(Code code);
  /**
   * Ends it without waiting for anybody, and joins its threads: for the end of the process or of a worker.
   */
  void Abort();
  /** Waits for the threads; called once the end has been reported. */
  void Join();
  /**
   * After Join: closes the files and folders that it still holds. Whoever keeps it for its figures keeps no disk busy.
   */
  virtual void LetGo() {}

  void SetTechnique(Technique technique) { technique_.store(technique, std::memory_order_relaxed); }
  Technique wantedTechnique() const { return technique_.load(std::memory_order_relaxed); }
  Technique usedTechnique() const { return used_.load(std::memory_order_relaxed); }
  void NoteUsed(Technique technique) { used_.store(technique, std::memory_order_relaxed); }
  void NoteFellBack(Technique technique, int error, const char* syscall);
  std::vector<FellBack> fellBackFrom() const;

  Counters& counters() { return counters_; }
  const SessionOptions& options() const { return options_; }
  Direction direction() const { return direction_; }

  bool stopping() const { return stopping_.load(std::memory_order_acquire); }
  /** True when nobody is to be told good-bye: the process is going away. */
  bool hurried() const { return hurried_.load(std::memory_order_acquire); }
  /** The end, once there is one. */
  std::optional<SessionEnd> end() const;
  /** The first end wins; all streams are woken. */
  void End(const SessionEnd& end);

  /** The first reason of a file counts. */
  void AddFailure(const Failure& failure);
  std::vector<Failure> failures() const;

  /** Wakes every stream, so that it looks again at what there is to do. */
  void WakeAll();

 protected:
  /**
   * Runs `body` on a thread of its own named `name`. Drops it where the session has ended, and where no thread can be had,
   * which ends the session.
   */
  void StartStream(const std::string& name, std::function<void(Wake&)> body);
  /** How the session ended, asked once every stream has returned; `wanted` is the end that End() was given, if any. */
  virtual SessionEnd Outcome(const std::optional<SessionEnd>& wanted) = 0;

 private:
  struct Stream {
    std::thread thread;
    Wake wake;
  };

  void RunStream(Wake& wake, const std::function<void(Wake&)>& body);
  void Settle();

  // Immutable after construction.
  const Direction direction_;
  const SessionOptions options_;
  const OnEnd onEnd_;

  Counters counters_;
  std::atomic<Technique> technique_;
  std::atomic<Technique> used_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> hurried_{false};

  mutable std::mutex mutex_;
  // All below need the lock.
  std::list<Stream> streams_;
  int running_ = 0;
  std::optional<SessionEnd> end_;
  bool reported_ = false;
  std::vector<Failure> failures_;
  std::unordered_set<uint32_t> failed_;
  std::vector<FellBack> fellBack_;
};

}  // namespace penstock
