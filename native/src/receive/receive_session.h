// A receiving session: the table of files, a control stream and content streams with a thread each, or one stream in a body.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connection/sender_watch.h"
#include "files/target/file_ops.h"
#include "receive/receive_files.h"
#include "session/delivery_ledger.h"
#include "session/session.h"
#include "system/unique_fd.h"

namespace penstock {

enum class Durability { kOs, kEverySecond, kCommit, kThrough };

struct ReceiveOptions {
  SessionOptions session;
  std::shared_ptr<Folder> staging;
  /** Where files with a placement are created; may be null if none has one. */
  std::shared_ptr<Folder> tree;
  Durability durability = Durability::kCommit;
  /** Streams with content that the sender announced. */
  int streams = 1;
  SenderLimits limits{};
};

/** What a stream begins with. */
struct StreamStart {
  /** Sent first. */
  std::vector<uint8_t> hello{};
  /** Of a sealed stream: all that follows HELLO is sealed with them. */
  std::optional<StreamKeys> keys{};
};

class ReceiveSession final : public Session {
 public:
  /** Called once when everything was received, on the thread of a stream or of EndOfFiles. */
  using OnReceived = std::function<void(const std::vector<Failure>&)>;

  ReceiveSession(ReceiveOptions options, OnEnd onEnd, OnReceived onReceived);
  ~ReceiveSession() override { Abort(); }

  /** May be called while streams run: they wait for the files that their frames name. */
  void AddFiles(const std::vector<ExpectedFile>& files);
  /** The entries that are no files; they are only reported. */
  void AddOthers(const std::vector<OtherEntry>& entries);
  void EndOfFiles();
  /** Starts the control stream, before any other. All three take ownership of the socket, and close it if the session has ended. */
  void AddControl(UniqueSocket socket, StreamStart start);
  /** Starts a content stream. */
  void AddStream(UniqueSocket socket, int streamIndex, StreamStart start);
  /** Starts the only stream of a session whose frames arrive in an HTTPS body. */
  void AddBody(UniqueSocket socket);
  /**
   * The caller begins to name the files: from now on no stream ends the session, and the answer is DONE.
   * False if the session has ended before.
   */
  bool Committing();
  /** Does nothing once Finish() was called: the files are delivered, and the sender is told so by DONE. */
  void Cancel(Code code) override;
  /** The caller has committed all entries but these, and those of failures(). */
  void Finish(const std::vector<Failure>& failed, std::vector<EntryNote> notes = {});

  void ReleaseFiles() override {
    staging_.reset();
    tree_.reset();
    files_.ReleaseFiles();
  }

  ReceiveFiles& files() { return files_; }
  SenderWatch& watch() { return watch_; }
  const Folder& staging() const { return *staging_; }
  /** Only for files with a placement. */
  const Folder& tree() const { return *tree_; }
  /** The permission bits that a file in the tree may have. */
  uint32_t permitted() const { return permitted_; }
  Durability durability() const { return durability_; }

  /** A content stream has read STREAM_END. */
  void StreamEnded();
  /** END was read. */
  void EndRead();
  /**
   * A stream ends the session: no commit begins any more. False once the caller commits: what a stream reads, and its loss,
   * then change nothing, and the answer is DONE.
   */
  bool TakeEnd();
  /** Every stream has read END, and the caller commits. */
  bool received() const { return received_.load(std::memory_order_acquire); }
  bool finishing() const { return finishing_.load(std::memory_order_acquire); }
  /** The report about the entries, for the first stream that asks; the others get its counts only. */
  DeliveryReport TakeReport();
  /** The system reports late, as on close, that written data is lost. Only this file fails. */
  void Lose(uint32_t index, int error);

 protected:
  SessionEnd Outcome(const std::optional<SessionEnd>& wanted) override;

 private:
  void AddContent(UniqueSocket socket, const std::string& name, StreamKind kind, StreamStart start);
  void CheckReceived();

  // Released once all has been received: not every system removes an open folder.
  std::shared_ptr<Folder> staging_;
  std::shared_ptr<Folder> tree_;
  // Immutable.
  const uint32_t permitted_;
  const Durability durability_;
  const OnReceived onReceived_;

  ReceiveFiles files_;
  DeliveryLedger ledger_;
  SenderWatch watch_;
  std::atomic<bool> received_{false};
  std::atomic<bool> finishing_{false};

  std::mutex stateMutex_;
  // Need stateMutex_.
  int activeStreams_ = 0;
  bool endRead_ = false;
  bool receivedReported_ = false;
  bool endTaken_ = false;
  bool committing_ = false;
  DeliveryReport report_;
};

}  // namespace penstock
