#include "send/send_session.h"

#include <string>

#include "send/send_stream.h"

namespace penstock {

void SendSession::AddFiles(std::vector<SourceFile> files) {
  queue_.Add(std::move(files));
  WakeAll();
}

void SendSession::EndOfFiles() {
  queue_.Close();
  WakeAll();
}

void SendSession::AddStream(UniqueSocket socket, int streamIndex) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  StartStream("ps-send-" + std::to_string(streamIndex),
              [this, shared](Wake& wake) { SendStream(std::move(*shared), *this, wake).Run(); });
}

SessionEnd SendSession::Outcome(const std::optional<SessionEnd>& wanted) {
  // A cancel that came after the receiver had begun to commit changes nothing: the files are delivered.
  const bool late = wanted && wanted->kind == SessionEnd::Kind::kCancelled && queue_.Settled() &&
                    receiverDone_.load(std::memory_order_acquire);
  if (wanted && !late) return *wanted;
  // DONE must account for every file.
  if (!queue_.Settled()) return SessionEnd{SessionEnd::Kind::kFailed, Code::kProtocol, ""};
  return SessionEnd{};
}

bool SendSession::FailFile(uint32_t index, Code code, int error) {
  if (!queue_.MarkFailed(index)) return false;
  AddFailure(Failure{index, code, error});
  return true;
}

}  // namespace penstock
