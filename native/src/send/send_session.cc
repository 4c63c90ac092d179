#include "send/send_session.h"

#include <string>
#include <utility>

#include "send/control_stream.h"
#include "send/send_stream.h"

namespace penstock {

void SendSession::AddManifest(std::shared_ptr<const Manifest> manifest, const std::vector<uint32_t>& without) {
  queue_.Add(manifest, without);
  manifest_ = std::move(manifest);
  without_.insert(without.begin(), without.end());
  WakeAll();
}

void SendSession::EndOfFiles() {
  // The receiver reports nothing before.
  const uint32_t size = manifest_ ? manifest_->size() : 0;
  for (uint32_t index = 0; index < size; ++index) {
    if (without_.count(index) == 0) ledger_.Add(index, (*manifest_)[index].type);
  }
  ledger_.Close();
  queue_.Close();
  WakeAll();
}

void SendSession::AddStream(UniqueSocket socket, int streamIndex, const std::optional<StreamKeys>& keys) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  streams_.fetch_add(1, std::memory_order_release);
  StartThread("ps-send-" + std::to_string(streamIndex), [this, shared, keys](Wake& wake) {
    SendStream(std::move(*shared), StreamKind::kContent, keys, *this, wake).Run();
  });
}

void SendSession::AddControl(UniqueSocket socket, const StreamKeys& keys) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  ControlBegins();
  StartThread("ps-send-0",
              [this, shared, keys](Wake& wake) { SendControlStream(std::move(*shared), keys, *this, wake).Run(); });
}

void SendSession::AddBody(UniqueSocket socket) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  streams_.fetch_add(1, std::memory_order_release);
  StartThread("ps-send-body", [this, shared](Wake& wake) {
    SendStream(std::move(*shared), StreamKind::kBody, std::nullopt, *this, wake).Run();
  });
}

void SendSession::NoteStreamEnd() {
  endedStreams_.fetch_add(1, std::memory_order_release);
  WakeAll();
}

bool SendSession::ContentSent() const {
  const int ended = endedStreams_.load(std::memory_order_acquire);
  return ended > 0 && ended == streams_.load(std::memory_order_acquire);
}

SessionEnd SendSession::Outcome(const std::optional<SessionEnd>& wanted) {
  if (wanted && wanted->kind == SessionEnd::Kind::kCancelled && endSent_.load(std::memory_order_acquire))
    return VerdictOn(*wanted);
  if (wanted) return *wanted;
  return ReportedEnd();
}

// Only the receiver can report whether the cancel came before its commit.
SessionEnd SendSession::VerdictOn(const SessionEnd& cancel) const {
  if (done()) return ReportedEnd();
  const Code error = receiverError_.load(std::memory_order_acquire);
  if (error == cancel.failure.code || error == Code::kCancelled) return cancel;
  if (error != Code::kNone) return SessionEnd{SessionEnd::Kind::kPeerError, {error}};
  return SessionEnd{SessionEnd::Kind::kUnconfirmed};
}

bool SendSession::TakeRun(FrameType type, const EntryRun& run) {
  for (uint32_t at = 0; at < run.count; ++at) {
    const uint32_t index = run.first + at;
    if (type == FrameType::kNoted) {
      if (!ledger_.Note(index, run.code)) return false;
      continue;
    }
    const bool delivered = type == FrameType::kDelivered;
    const auto entry = ledger_.Report(index, delivered);
    if (!entry) return false;
    if (delivered) {
      if (*entry == EntryType::kFile && !queue_.MarkDelivered(index)) return false;
      continue;
    }
    if (*entry == EntryType::kFile) queue_.MarkNotDelivered(index);
    AddFailure({CodeFromWire(run.code), ErrnoFromWire(run.error), "", index});
  }
  return true;
}

bool SendSession::TakeReport(FrameType type, const std::vector<EntryRun>& runs) {
  for (const EntryRun& run : runs) {
    if (!TakeRun(type, run)) return false;
  }
  if (type != FrameType::kNoted) return true;
  std::lock_guard<std::mutex> lock(reportMutex_);
  notes_.insert(notes_.end(), runs.begin(), runs.end());
  return true;
}

bool SendSession::TakeDone(const DoneCounts& counts) {
  std::lock_guard<std::mutex> lock(reportMutex_);
  if (!done_) done_ = counts;
  return *done_ == counts;
}

std::optional<DoneCounts> SendSession::done() const {
  std::lock_guard<std::mutex> lock(reportMutex_);
  return done_;
}

std::vector<EntryRun> SendSession::notes() const {
  std::lock_guard<std::mutex> lock(reportMutex_);
  return notes_;
}

SessionEnd SendSession::ReportedEnd() const {
  const auto counts = done();
  const bool complete = counts && queue_.Settled() && ledger_.Agrees(*counts);
  return complete ? SessionEnd{} : SessionEnd{SessionEnd::Kind::kFailed, {Code::kProtocol}};
}

bool SendSession::FailFile(const Failure& failure) {
  if (!queue_.MarkFailed(failure.index)) return false;
  AddFailure(failure);
  return true;
}

}  // namespace penstock
