// A sending session: the queue, and a thread a stream.
#pragma once

#include <memory>
#include <vector>

#include "base/unique_fd.h"
#include "connection/session.h"
#include "send/send_queue.h"

namespace penstock {

class SendSession final : public Session {
 public:
  SendSession(SessionOptions options, OnEnd onEnd) : Session(Direction::kSend, std::move(options), std::move(onEnd)) {}
  ~SendSession() override { Abort(); }

  void AddFiles(std::vector<SourceFile> files);
  void EndOfFiles();
  /** Takes the socket over; drops it when the session has ended. */
  void AddStream(UniqueSocket socket, int streamIndex);

  void LetGo() override { queue_.LetGo(); }

  SendQueue& queue() { return queue_; }
  /** Notes that a file will not arrive whole; true for the first time. */
  bool FailFile(uint32_t index, Code code, int error);
  /** The receiver has sent DONE on a stream. */
  void NoteReceiverDone() { receiverDone_.store(true, std::memory_order_release); }

 protected:
  SessionEnd Outcome(const std::optional<SessionEnd>& wanted) override;

 private:
  SendQueue queue_;
  std::atomic<bool> receiverDone_{false};
};

}  // namespace penstock
