// The control frames of a receiver: what it reads of the sender's end, and its report with DONE, or ERROR.
#pragma once

#include "connection/frame_inbox.h"
#include "receive/receive_session.h"

namespace penstock {

/** Part of the one stream of a session that carries control frames. Belongs to its thread. */
class ControlReceiver {
 public:
  ControlReceiver(ReceiveSession& session, Link& link, OpenFrame& frame, ThreadUsage& usage)
      : session_(session), link_(link), frame_(frame), usage_(usage) {}
  ControlReceiver(const ControlReceiver&) = delete;
  ControlReceiver& operator=(const ControlReceiver&) = delete;

  /** Ends the session by a CANCEL with this body. */
  [[noreturn]] static void StopByCancel(const uint8_t* body);

  /** On a control stream: returns once END was read. Throws StreamStop, also where a content stream has broken. */
  void AwaitEnd();
  /** END was read: waits for the commit, sends the report and DONE, and waits for the sender to close. */
  void Finish();
  /** Sends ERROR if the sender waits for one. */
  void Farewell(const SessionEnd& end);

 private:
  bool ReadUntilEnd();
  /** Until the commit begins, this stream waits for others. */
  Waiting WaitForFinish() const { return session_.received() ? Waiting::kCommit : Waiting::kIdle; }
  void ReadAfterEnd();
  void AwaitFinish();
  void SendReport();
  void SendRuns(FrameType type, const std::vector<EntryRun>& runs);

  ReceiveSession& session_;
  Link& link_;
  OpenFrame& frame_;
  ThreadUsage& usage_;
  // In a body content may come before END only, which is read without it.
  FrameInbox inbox_{link_, From::kSender, StreamKind::kControl};
  bool endRead_ = false;
};

}  // namespace penstock
