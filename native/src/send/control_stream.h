// The control stream of a sender.
#pragma once

#include "connection/frame_inbox.h"
#include "send/control_sender.h"

namespace penstock {

/** Belongs to one thread. */
class SendControlStream {
 public:
  SendControlStream(UniqueSocket socket, const StreamKeys& keys, SendSession& session, Wake& wake);
  /** Sends END once all content is verified, and returns after DONE; ends the session for any other end. */
  void Run();

 private:
  void AwaitContent();
  void ReadInbound();
  void Farewell(const SessionEnd& end);

  SendSession& session_;
  ThreadUsage usage_;
  Link link_;
  OpenFrame frame_{link_};
  FrameInbox inbox_{link_, From::kReceiver, StreamKind::kControl};
  ControlSender control_{session_, link_, frame_};
};

}  // namespace penstock
