#include "receive/control_stream.h"

namespace penstock {

ReceiveControlStream::ReceiveControlStream(UniqueSocket socket, ReceiveSession& session, Wake& wake)
    : session_(session),
      usage_(session.counters(), ThreadUsage::Work::kControl),
      link_(std::move(socket), session, wake, usage_) {
  // Control frames are small, and the sender waits for them.
  link_.SetNoDelay(true);
  link_.SetWatch(&session.watch());
}

void ReceiveControlStream::Run(const StreamStart& start) {
  try {
    if (!start.hello.empty()) frame_.SendBytes(start.hello);
    if (start.keys) link_.Protect(*start.keys, TransportKind::kSealed);
    link_.SetKeepalive(&frame_);
    control_.AwaitEnd();
    control_.Finish();
  } catch (const StreamStop& stop) {
    usage_.Fold();
    if (!session_.TakeEnd()) return;
    session_.End(stop.end);
    control_.Farewell(session_.end().value_or(stop.end));
  } catch (const SessionStopping&) {
    usage_.Fold();
    if (const auto end = session_.end()) control_.Farewell(*end);
  }
}

}  // namespace penstock
