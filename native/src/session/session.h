// What sending, receiving and copying share: threads, one end, failures, counters, the choice of technique.
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

#include "base/technique.h"
#include "connection/transport.h"
#include "errors/failure.h"
#include "facts/counters.h"
#include "system/map_options.h"
#include "system/unique_fd.h"
#include "system/wake.h"

namespace penstock {

/** Options of every session. */
struct SessionOptions {
  Technique technique = Technique::kReadWrite;
  std::vector<Technique> fallback;
  /** Of `readwrite`. */
  size_t bufferBytes = 1 << 20;
  /** Of `readwrite`: it leaves nothing in the page cache, where the file system can do that. */
  bool dontCache = false;
  /** Whether each range carries a CRC. */
  bool check = true;
  /** Of streams that have keys: kSealed or kKernelTls, which falls back to kSealed. */
  TransportKind transport = TransportKind::kSealed;
  /** Records after which a stream takes no further content. */
  uint64_t recordLimit = uint64_t{1} << 23;
  /** What `mmap` does to its windows before it sends from them. */
  MapOptions mapOptions;
};

/** A technique that was wanted and could not run, and the call that failed. */
struct FellBack {
  Technique technique = Technique::kReadWrite;
  Failure failure{};
};

/**
 * A session ends exactly once: by the first End(), or when each of its threads has returned (Outcome). Any member may be
 * called from any thread. `onEnd` is called once, on the thread that returns last.
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
  /** Ends the session without waiting for the peer, and joins its threads: for the end of the process or of a worker. */
  void Abort();
  /** Joins the threads. Called once the end has been reported. */
  void Join();
  /** After Join: closes the files and folders that the session still holds. Its figures remain. */
  virtual void ReleaseFiles() {}

  void SetTechnique(Technique technique) { technique_.store(technique, std::memory_order_relaxed); }
  Technique wantedTechnique() const { return technique_.load(std::memory_order_relaxed); }
  Technique usedTechnique() const { return used_.load(std::memory_order_relaxed); }
  void NoteUsed(Technique technique) { used_.store(technique, std::memory_order_relaxed); }
  void NoteFellBack(Technique technique, const Failure& failure);
  std::vector<FellBack> fellBackFrom() const;

  /** The transport of the last stream that began; nothing before the first. */
  std::optional<TransportKind> transport() const;
  void NoteTransport(TransportKind kind);

  Counters& counters() { return counters_; }
  const SessionOptions& options() const { return options_; }
  Direction direction() const { return direction_; }

  bool stopping() const { return stopping_.load(std::memory_order_acquire); }
  /** True when threads must return at once, without an ERROR to the peer: the process ends. */
  bool hurried() const { return hurried_.load(std::memory_order_acquire); }
  /** The end, once there is one. */
  std::optional<SessionEnd> end() const;
  /** Ends the session. The first end counts; all threads are woken. */
  void End(const SessionEnd& end);

  /** Records why a file was not delivered. The first reason of a file counts. */
  void AddFailure(const Failure& failure);
  std::vector<Failure> failures() const;

  /** A control stream begins. */
  void ControlBegins();
  /**
   * A content stream has broken. The control stream ends the session, with the peer's reason if one arrives there; without
   * a control stream the session ends at once.
   */
  void StreamBroke(const StreamStop& stop);
  /** The first such break. */
  std::optional<StreamStop> brokenStream() const;

  /** Wakes every thread to check what has changed. */
  void WakeAll();

 protected:
  /**
   * Runs `body` on a thread named `name`. Drops it if the session has ended. Ends the session if no thread can be
   * created.
   */
  void StartThread(const std::string& name, std::function<void(Wake&)> body);
  /** How the session ended, asked once every thread has returned. `wanted` is the first end given to End(), if any. */
  virtual SessionEnd Outcome(const std::optional<SessionEnd>& wanted) = 0;
  /** The session stops: wakes threads that wait for something else than their Wake. */
  virtual void OnStopping() {}

 private:
  struct Thread {
    std::thread thread;
    Wake wake;
  };

  void Run(Wake& wake, const std::function<void(Wake&)>& body);
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
  std::list<Thread> threads_;
  int running_ = 0;
  std::optional<SessionEnd> end_;
  bool reported_ = false;
  std::vector<Failure> failures_;
  std::unordered_set<uint32_t> failed_;
  std::vector<FellBack> fellBack_;
  std::optional<TransportKind> transport_;
  bool controlled_ = false;
  std::optional<StreamStop> broken_;
};

}  // namespace penstock
