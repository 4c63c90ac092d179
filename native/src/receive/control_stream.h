// The control stream of a receiver.
#pragma once

#include "receive/control_receiver.h"

namespace penstock {

/** Belongs to one thread. */
class ReceiveControlStream {
 public:
  ReceiveControlStream(UniqueSocket socket, ReceiveSession& session, Wake& wake);
  /** Sends HELLO, reads until END, sends the report and DONE; ends the session for any other end. `start` has keys. */
  void Run(const StreamStart& start);

 private:
  ReceiveSession& session_;
  ThreadUsage usage_;
  Link link_;
  OpenFrame frame_{link_};
  ControlReceiver control_{session_, link_, frame_, usage_};
};

}  // namespace penstock
