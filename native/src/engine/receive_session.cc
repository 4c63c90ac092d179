#include "engine/receive_session.h"

#include <string>

#include "engine/receive_stream.h"

namespace penstock {

ReceiveSession::ReceiveSession(ReceiveOptions options, OnEnd onEnd, OnReceived onReceived)
    : Session(Direction::kReceive, std::move(options.session), std::move(onEnd)),
      staging_(std::move(options.staging)),
      tree_(std::move(options.tree)),
      durability_(options.durability),
      streams_(options.streams),
      onReceived_(std::move(onReceived)) {}

void ReceiveSession::AddFiles(const std::vector<ExpectedFile>& files) {
  files_.Add(files);
  WakeAll();
}

void ReceiveSession::EndOfFiles() {
  files_.Close();
  WakeAll();
  CheckReceived();
}

void ReceiveSession::AddStream(UniqueSocket socket, int streamIndex, std::vector<uint8_t> hello) {
  auto shared = std::make_shared<UniqueSocket>(std::move(socket));
  StartStream("ps-recv-" + std::to_string(streamIndex), [this, shared, hello = std::move(hello)](Wake& wake) {
    ReceiveStream(std::move(*shared), *this, wake).Run(hello);
  });
}

void ReceiveSession::StreamEnded() {
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    endedStreams_ += 1;
  }
  CheckReceived();
}

void ReceiveSession::CheckReceived() {
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    if (receivedSaid_ || endedStreams_ < streams_ || !files_.IsClosed()) return;
    receivedSaid_ = true;
  }
  if (!files_.Settled()) {
    End(SessionEnd{SessionEnd::Kind::kFailed, Code::kProtocol, ""});
    return;
  }
  // Every stream has said END: none makes a file any more.
  staging_.reset();
  tree_.reset();
  onReceived_(failures());
}

bool ReceiveSession::Committing() {
  std::lock_guard<std::mutex> lock(stateMutex_);
  if (cancelled_ || stopping()) return false;
  committing_ = true;
  return true;
}

void ReceiveSession::Cancel(Code code) {
  if (!finishing()) Session::Cancel(code);
}

bool ReceiveSession::TakeCancel() {
  std::lock_guard<std::mutex> lock(stateMutex_);
  if (committing_) return false;
  cancelled_ = true;
  return true;
}

void ReceiveSession::Finish(const std::vector<Failure>& failures) {
  if (finishing()) return;
  {
    std::lock_guard<std::mutex> lock(stateMutex_);
    committed_ = files_.WholeRuns(failures);
    uncommitted_ = files_.WholeAmong(failures);
    for (const Failure& failure : uncommitted_) AddFailure(failure);
  }
  finishing_.store(true, std::memory_order_release);
  WakeAll();
}

bool ReceiveSession::TakeVerdict(std::vector<std::pair<uint32_t, uint32_t>>* committed,
                                 std::vector<Failure>* uncommitted) {
  std::lock_guard<std::mutex> lock(stateMutex_);
  if (verdictTaken_) return false;
  verdictTaken_ = true;
  committed->swap(committed_);
  uncommitted->swap(uncommitted_);
  return true;
}

SessionEnd ReceiveSession::Outcome(const std::optional<SessionEnd>& wanted) {
  if (wanted) return *wanted;
  return finishing() ? SessionEnd{} : SessionEnd{SessionEnd::Kind::kFailed, Code::kPeerGone, ""};
}

}  // namespace penstock
