// A sending session: the queue, a control stream and content streams with a thread each, or one stream in a body.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "send/send_queue.h"
#include "session/delivery_ledger.h"
#include "session/session.h"
#include "system/unique_fd.h"

namespace penstock {

/** How long a sender that was cancelled after END waits for DONE or ERROR. */
struct VerdictLimits {
  /** Since the receiver's last frame; one that commits sends KEEPALIVE each second. */
  std::chrono::milliseconds silence{30000};
  /** Since the cancel. */
  std::chrono::milliseconds inAll{600000};
};

class SendSession final : public Session {
 public:
  SendSession(SessionOptions options, OnEnd onEnd, VerdictLimits verdict = {})
      : Session(Direction::kSend, std::move(options), std::move(onEnd)), verdict_(verdict) {}
  ~SendSession() override { Abort(); }

  /**
   * The files of the manifest are sent in its order, and the receiver reports all of its entries, but for those in `without`.
   * Called once. Throws std::invalid_argument if it is called again.
   */
  void AddManifest(std::shared_ptr<const Manifest> manifest, const std::vector<uint32_t>& without);
  void EndOfFiles();
  /** Starts the control stream, before any other. All three take ownership of the socket, and close it if the session has ended. */
  void AddControl(UniqueSocket socket, const StreamKeys& keys);
  /** Starts a content stream, sealed if there are keys. */
  void AddStream(UniqueSocket socket, int streamIndex, const std::optional<StreamKeys>& keys = {});
  /** Starts the only stream of a session whose frames go in an HTTPS body. */
  void AddBody(UniqueSocket socket);

  void ReleaseFiles() override { queue_.ReleaseFiles(); }

  SendQueue& queue() { return queue_; }
  /** Records that a file will not arrive whole; true the first time. */
  bool FailFile(const Failure& failure);
  const VerdictLimits& verdict() const { return verdict_; }
  /** END was sent: from now on the receiver may commit. */
  void NoteEnd() { endSent_.store(true, std::memory_order_release); }
  /** A content stream has sent STREAM_END: all that it sent is verified. */
  void NoteStreamEnd();
  /** All content is verified on streams that have ended. */
  bool ContentSent() const;
  /** A stream takes no further content. Whether others of the session still do. */
  bool NoteSpent() { return spent_.fetch_add(1, std::memory_order_acq_rel) + 1 < streams_; }
  /** The receiver reports entries. False where the report breaks the protocol. */
  bool TakeReport(FrameType type, const std::vector<EntryRun>& runs);
  /** The receiver has sent DONE on a stream. False where its counts differ from those of another stream. */
  bool TakeDone(const DoneCounts& counts);
  /** Notes of the receiver, in runs of entries. */
  std::vector<EntryRun> notes() const;
  /** The receiver has sent ERROR on a stream. */
  void NoteReceiverError(Code code) {
    receiverError_.store(code == Code::kNone ? Code::kProtocol : code, std::memory_order_release);
  }

 protected:
  SessionEnd Outcome(const std::optional<SessionEnd>& wanted) override;

 private:
  std::optional<DoneCounts> done() const;
  bool TakeRun(FrameType type, const EntryRun& run);
  /** The end that the receiver has reported, once it has sent DONE: each entry must be reported, and the counts be right. */
  SessionEnd ReportedEnd() const;
  SessionEnd VerdictOn(const SessionEnd& cancel) const;

  const VerdictLimits verdict_;
  // Of the thread that adds.
  std::shared_ptr<const Manifest> manifest_;
  std::unordered_set<uint32_t> without_;
  SendQueue queue_;
  std::atomic<int> streams_{0};
  std::atomic<int> endedStreams_{0};
  std::atomic<bool> endSent_{false};
  std::atomic<int> spent_{0};
  DeliveryLedger ledger_;

  mutable std::mutex reportMutex_;
  // Need reportMutex_.
  std::optional<DoneCounts> done_;
  std::vector<EntryRun> notes_;
  // kNone: the receiver has sent no ERROR.
  std::atomic<Code> receiverError_{Code::kNone};
};

}  // namespace penstock
