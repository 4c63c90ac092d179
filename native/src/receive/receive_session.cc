#include "receive/receive_session.h"

#include <string>
#include <utility>

#include "receive/control_stream.h"
#include "receive/receive_stream.h"

namespace penstock {

ReceiveSession::ReceiveSession(ReceiveOptions options, OnEnd onEnd, OnReceived onReceived)
    : Session(Direction::kReceive, std::move(options.session), std::move(onEnd)),
      staging_(std::move(options.staging)),
      tree_(std::move(options.tree)),
      permitted_(tree_ ? PermittedIn(*tree_) : 0777),
      durability_(options.durability),
      onReceived_(std::move(onReceived)),
      watch_(options.streams, options.limits) {}

void ReceiveSession::AddFiles(const std::vector<ExpectedFile>& files) {
  files_.Add(files);
  for (const ExpectedFile& file : files) ledger_.Add(file.index, EntryType::kFile);
  WakeAll();
}

void ReceiveSession::AddOthers(const std::vector<OtherEntry>& entries) {
  for (const OtherEntry& entry : entries) ledger_.Add(entry.index, entry.type);
}

void ReceiveSession::EndOfFiles() {
  ledger_.Close();
  files_.Close();
  WakeAll();
  CheckReceived();
}

void ReceiveSession::AddControl(UniqueSocket socket, StreamStart start) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  ControlBegins();
  watch_.ControlBegins();
  StartThread("ps-recv-0", [this, shared, start = std::move(start)](Wake& wake) {
    ReceiveControlStream(std::move(*shared), *this, wake).Run(start);
  });
}

void ReceiveSession::AddStream(UniqueSocket socket, int streamIndex, StreamStart start) {
  AddContent(std::move(socket), "ps-recv-" + std::to_string(streamIndex), StreamKind::kContent, std::move(start));
}

void ReceiveSession::AddBody(UniqueSocket socket) {
  AddContent(std::move(socket), "ps-recv-body", StreamKind::kBody, {});
}

void ReceiveSession::AddContent(UniqueSocket socket, const std::string& name, StreamKind kind, StreamStart start) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    // All has been received: a stream has nothing to add.
    if (receivedReported_) return;
    activeStreams_ += 1;
  }
  watch_.StreamBegins();
  StartThread(name, [this, shared, kind, start = std::move(start)](Wake& wake) {
    ReceiveStream(std::move(*shared), kind, *this, wake).Run(start);
  });
}

void ReceiveSession::StreamEnded() {
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    activeStreams_ -= 1;
  }
  watch_.StreamEnds();
  CheckReceived();
}

void ReceiveSession::EndRead() {
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    endRead_ = true;
  }
  CheckReceived();
}

void ReceiveSession::CheckReceived() {
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    if (receivedReported_ || !endRead_ || activeStreams_ > 0 || !files_.IsClosed()) return;
    receivedReported_ = true;
  }
  watch_.SenderEnds();
  if (!files_.Settled()) {
    End(SessionEnd{SessionEnd::Kind::kFailed, {Code::kProtocol}});
    return;
  }
  // Every content stream has ended: no more files are created.
  staging_.reset();
  tree_.reset();
  received_.store(true, std::memory_order_release);
  WakeAll();
  onReceived_(failures());
}

bool ReceiveSession::Committing() {
  std::lock_guard<std::mutex> lock(stateMutex_);
  if (endTaken_ || stopping()) return false;
  committing_ = true;
  return true;
}

void ReceiveSession::Cancel(Code code) {
  if (!finishing()) Session::Cancel(code);
}

bool ReceiveSession::TakeEnd() {
  std::lock_guard<std::mutex> lock(stateMutex_);
  if (committing_ || finishing()) return false;
  endTaken_ = true;
  return true;
}

void ReceiveSession::Finish(const std::vector<Failure>& failed, std::vector<EntryNote> notes) {
  if (finishing()) return;
  for (const Failure& failure : failed) AddFailure(failure);
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    report_ = ledger_.MakeReport(failures(), std::move(notes));
  }
  finishing_.store(true, std::memory_order_release);
  WakeAll();
}

DeliveryReport ReceiveSession::TakeReport() {
  std::lock_guard<std::mutex> lock(stateMutex_);
  DeliveryReport rest;
  rest.done = report_.done;
  return std::exchange(report_, rest);
}

void ReceiveSession::Lose(uint32_t index, int error) {
  const Failure failure{CodeForTargetErrno(error), error, "", index};
  files_.MarkLost(failure);
  AddFailure(failure);
}

SessionEnd ReceiveSession::Outcome(const std::optional<SessionEnd>& wanted) {
  if (wanted) return *wanted;
  return finishing() ? SessionEnd{} : SessionEnd{SessionEnd::Kind::kFailed, {Code::kPeerGone}};
}

}  // namespace penstock
