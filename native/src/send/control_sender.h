// The control frames of a sender: what it reads of the receiver's report, and END and CANCEL.
#pragma once

#include "connection/link.h"
#include "send/send_session.h"

namespace penstock {

/** Part of the one stream of a session that carries control frames. Belongs to its thread. */
class ControlSender {
 public:
  ControlSender(SendSession& session, Link& link, OpenFrame& frame) : session_(session), link_(link), frame_(frame) {}
  ControlSender(const ControlSender&) = delete;
  ControlSender& operator=(const ControlSender&) = delete;

  /** The receiver has sent DONE. */
  bool done() const { return done_; }

  /** Takes a control frame of the receiver. Throws StreamStop for ERROR and for a frame that may not come now. */
  void Take(const Header& header, const uint8_t* body);
  /** All content is verified: sends END. */
  void SendEnd();
  /**
   * Sends CANCEL, and reads until the receiver closes; after END of a transfer that is cancelled here, until it sends DONE
   * or ERROR. `read` takes the frames that have arrived. The farewell of the link has begun.
   */
  void Cancel(const SessionEnd& end, const std::function<void()>& read);

 private:
  void NoteEnd();
  void HandleReport(const Header& header, const uint8_t* body);

  SendSession& session_;
  Link& link_;
  OpenFrame& frame_;
  bool done_ = false;
  // END is being sent, or was sent.
  bool ending_ = false;
  bool endSent_ = false;
};

}  // namespace penstock
