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

void SendSession::AddStream(UniqueSocket socket, int streamIndex, const std::optional<StreamKeys>& keys) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  streams_.fetch_add(1, std::memory_order_release);
  StartThread("ps-send-" + std::to_string(streamIndex),
              [this, shared, keys](Wake& wake) { SendStream(std::move(*shared), keys, *this, wake).Run(); });
}

SessionEnd SendSession::Outcome(const std::optional<SessionEnd>& wanted) {
  if (wanted && wanted->kind == SessionEnd::Kind::kCancelled && MayBeCommitted()) return VerdictOn(*wanted);
  if (wanted) return *wanted;
  // DONE must account for every file.
  if (!queue_.Settled()) return SessionEnd{SessionEnd::Kind::kFailed, {Code::kProtocol}};
  return SessionEnd{};
}

// The receiver waits for the END of every stream before it commits.
bool SendSession::MayBeCommitted() const {
  return ends_.load(std::memory_order_acquire) >= streams_.load(std::memory_order_acquire) && streams_ > 0;
}

// Only the receiver can report whether the cancel came before its commit.
SessionEnd SendSession::VerdictOn(const SessionEnd& cancel) const {
  if (receiverDone_.load(std::memory_order_acquire)) {
    return queue_.Settled() ? SessionEnd{} : SessionEnd{SessionEnd::Kind::kFailed, {Code::kProtocol}};
  }
  const Code error = receiverError_.load(std::memory_order_acquire);
  if (error == cancel.failure.code || error == Code::kCancelled) return cancel;
  if (error != Code::kNone) return SessionEnd{SessionEnd::Kind::kPeerError, {error}};
  return SessionEnd{SessionEnd::Kind::kUnconfirmed};
}

bool SendSession::FailFile(const Failure& failure) {
  if (!queue_.MarkFailed(failure.index)) return false;
  AddFailure(failure);
  return true;
}

}  // namespace penstock
