// A stream of a sender that carries content: takes jobs from the queue, keeps the window, and reads the receiver's frames.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "connection/frame_inbox.h"
#include "send/content/batch_sender.h"
#include "send/content/range_sender.h"
#include "send/control_sender.h"
#include "send/send_session.h"

namespace penstock {

/** Records that stay for the unit that is being sent and for small frames when a stream takes no further content. */
constexpr uint64_t kReservedRecords = 2048;

/** Belongs to one thread. */
class SendStream {
 public:
  /** Sealed if there are keys. */
  SendStream(UniqueSocket socket, StreamKind kind, const std::optional<StreamKeys>& keys, SendSession& session,
             Wake& wake);
  /** Sends until the queue is empty and all is verified; in a body it sends END then, and returns after DONE. */
  void Run();

 private:
  // A unit that the receiver has not verified yet.
  struct Unit {
    enum class Kind { kRange, kHole, kBatch };
    Kind kind = Kind::kRange;
    uint32_t file = 0;
    uint64_t offset = 0;
    uint64_t length = 0;
    // What it takes of the window, and the content in it.
    uint64_t bodyBytes = 0;
    uint64_t contentBytes = 0;
    uint64_t files = 0;
    // Of a batch: the files that the receiver may ask for again.
    std::vector<uint32_t> entries{};
  };

  void SendEverything();
  Job NextJob();
  /** Whether the records left under this key are for small frames only. */
  bool HasSpentRecords() { return link_.transport().sentRecords() + kReservedRecords > session_.options().recordLimit; }
  void SendRange(RangeJob& job);
  void SendHole(RangeJob& job, uint64_t until);
  void FinishRange(const RangeJob& job, uint64_t length);
  void SendFileEnd(ActiveSource& source);
  void SendBatch(std::vector<SourceFile>& files);
  void FailFile(ActiveSource& source, const Failure& failure);
  void BeginUnit(Unit unit);
  void AwaitWindow(uint64_t bodyBytes);
  void EndStream();
  void AwaitDone();
  /** Returns at once for content: the control stream gives the reason. */
  void Farewell(const SessionEnd& end);

  // send_inbound.cc: frames of the receiver.
  void ReadInbound();
  void ReadPendingError();
  void Take(const Header& header, const uint8_t* body);
  void HandleVerified(const Header& header, uint64_t length);
  void HandleRetry(const Header& header, uint64_t length);
  bool OwesRetry(const Header& header, uint64_t length);

  SendSession& session_;
  const StreamKind kind_;
  ThreadUsage usage_;
  Link link_;
  OpenFrame frame_{link_};
  RangeSender ranges_;
  BatchSender batches_;
  FrameInbox inbox_;
  // Of a body.
  ControlSender control_;
  std::deque<Unit> unverified_;
  uint64_t windowUsed_ = 0;
  std::deque<std::unique_ptr<RangeJob>> retries_;
  // How often each unverified range was requested again, by file and offset.
  std::map<std::pair<uint32_t, uint64_t>, int> timesAgain_;
  // Set once the records are spent: whether another stream had records left.
  std::optional<bool> othersSend_;
};

}  // namespace penstock
