// Invariant: a cancel at any moment, by any technique, leaves both sides with the same end: the cancelling side is
// cancelled and the other one gets its code, or both are done.
#include <cstdio>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "cases/cases.h"
#include "connection/link.h"
#include "cut.h"
#include "harness.h"

namespace driver {

using namespace penstock;

namespace {

std::string Text(const SessionEnd& end) {
  static const char* const kKinds[] = {"done", "peer-error", "cancelled", "failed", "unconfirmed"};
  return std::string(kKinds[static_cast<int>(end.kind)]) + " " + CodeName(end.failure.code) + " " + end.failure.syscall;
}

void CheckEnds(const SessionEnd& canceller, const SessionEnd& other, const std::string& where) {
  const bool done = canceller.kind == SessionEnd::Kind::kDone && other.kind == SessionEnd::Kind::kDone;
  const bool cancelled = canceller.kind == SessionEnd::Kind::kCancelled && other.kind == SessionEnd::Kind::kPeerError &&
                         other.failure.code == Code::kCancelled;
  Check(done || cancelled, where + ": " + Text(canceller) + ", the other side: " + Text(other));
}

/** A batch with an entry that is missing, a hole with data after it, a large file. */
std::vector<SourceFile> EveryFrame(const Scratch& scratch) {
  std::vector<SourceFile> files;
  for (const uint64_t size : {5000, 0, 300, 60000})
    files.push_back(scratch.Write(static_cast<uint32_t>(files.size()), size));
  files[2].path.path += "-gone";
  files.push_back(scratch.WriteSparse(4, kRangeBytes + 3000, 3000));
  files.push_back(scratch.Write(5, 400000));
  return files;
}

/** One transfer of which `side` is cancelled when it has written `limit` bytes. Returns its writes. */
std::vector<uint64_t> CancelAfter(const Pair& given, Direction side, uint64_t limit,
                                  const std::vector<SourceFile>& files, std::shared_ptr<Folder> staging) {
  // The other end waits for HELLO before it has a session.
  const uint64_t hello = side == Direction::kReceive && !given.body ? kHelloBytes : 0;
  std::unique_ptr<Cut> cut;
  Pair pair = given;
  pair.onSocket = [&](Direction direction, int fd) {
    if (direction == side) cut = std::make_unique<Cut>(fd, limit == kUncut ? kUncut : hello + limit);
  };
  Transfer transfer(pair, files, std::move(staging));
  std::thread finisher([&] { transfer.Finish(); });
  const bool reached = cut->Reached([&] { return transfer.ended(); });
  if (reached) {
    if (side == Direction::kSend) transfer.sender->Cancel(Code::kCancelled);
    else transfer.receiver->Cancel(Code::kCancelled);
    cut->Lift();
  }
  finisher.join();
  const SessionEnd sent = transfer.senderEnd.Get();
  const SessionEnd taken = transfer.receiverEnd.Get();
  const std::string where = std::string(side == Direction::kSend ? "sender" : "receiver") + " by " +
                            TechniqueName(pair.send) + (pair.check ? ", checked" : "") + (pair.body ? ", body" : "") +
                            ", cut at " + std::to_string(limit);
  if (side == Direction::kSend) CheckEnds(sent, taken, where);
  else CheckEnds(taken, sent, where);
  std::vector<uint64_t> writes = cut->Writes();
  for (uint64_t& end : writes) end -= hello;
  return writes;
}

/** Before, inside and after each write; of a series of writes of one large body only some. */
std::set<uint64_t> CutsOf(const std::vector<uint64_t>& writes) {
  std::set<uint64_t> cuts;
  uint64_t start = 0;
  for (size_t i = 0; i < writes.size(); start = writes[i], ++i) {
    const uint64_t size = writes[i] - start;
    const bool within =
        size > 4096 && i > 8 && i % 16 != 0 && i + 1 < writes.size() && writes[i + 1] - writes[i] > 4096;
    if (within) continue;
    for (const uint64_t at : {uint64_t{0}, uint64_t{1}, size / 2, size - 1}) cuts.insert(start + at);
  }
  return cuts;
}

}  // namespace

void CancelAtEveryWrite() {
  Scratch scratch;
  const auto files = EveryFrame(scratch);
  std::vector<Pair> pairs = {SealedPair(1)};
  for (size_t i = 0; i < std::size(kSend); ++i) {
    for (const bool check : {true, false}) pairs.push_back({kSend[i], kReceive[i % std::size(kReceive)], check, 1});
  }
  Pair body;
  body.body = true;
  pairs.push_back(body);
  size_t count = 0;
  for (const Direction side : {Direction::kSend, Direction::kReceive}) {
    for (const Pair& pair : pairs) {
      const auto writes = CancelAfter(pair, side, kUncut, files, scratch.Staging());
      for (const uint64_t at : CutsOf(writes)) {
        CancelAfter(pair, side, at, files, scratch.Staging());
        ++count;
      }
    }
  }
  std::printf("  %zu cuts\n", count);
}

void KeepaliveIsAFrame() {
  Scratch scratch;
  {
    const std::vector<SourceFile> files = {scratch.Write(0, 400000)};
    std::unique_ptr<Cut> cut;
    Pair pair;
    pair.onSocket = [&](Direction direction, int fd) {
      // Within the first VERIFIED.
      if (direction == Direction::kReceive) cut = std::make_unique<Cut>(fd, kHelloBytes + 10);
    };
    Transfer transfer(pair, files, scratch.Staging());
    std::thread finisher([&] { transfer.Finish(); });
    Check(cut->Reached([&] { return transfer.ended(); }), "VERIFIED is cut");
    std::this_thread::sleep_for(kKeepaliveEvery + std::chrono::milliseconds(200));
    cut->Lift();
    finisher.join();
    CheckEnds(transfer.senderEnd.Get(), transfer.receiverEnd.Get(), "KEEPALIVE within VERIFIED");
  }
  Pair pair;
  pair.moreFiles = true;
  for (uint64_t at = 0; at < kHeaderBytes; at += 5) {
    // The first frame of a sender without files is a KEEPALIVE.
    CancelAfter(pair, Direction::kSend, at, {}, scratch.Staging());
  }
}

void CancelAtRandom() {
  Scratch scratch;
  const std::vector<SourceFile> files = {scratch.Write(0, 48 << 20), scratch.Write(1, 10), scratch.Write(2, 10)};
  std::mt19937 random(Seed());
  for (int round = 0; round < 54; ++round) {
    Pair pair{kSend[static_cast<size_t>(round) % std::size(kSend)],
              kReceive[static_cast<size_t>(round) % std::size(kReceive)], round % 4 < 2, 1 + round % 3};
    if (round >= 36) pair = SealedPair(pair.streams);
    Transfer transfer(pair, files, scratch.Staging());
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    const std::string where = "round " + std::to_string(round);
    if (round % 3 == 0) transfer.sender->Cancel(Code::kCancelled);
    else if (round % 3 == 1) transfer.receiver->Cancel(Code::kCancelled);
    else transfer.sender->Abort();
    transfer.Finish();
    const SessionEnd sent = transfer.senderEnd.Get();
    const SessionEnd taken = transfer.receiverEnd.Get();
    if (round % 3 == 0) {
      CheckEnds(sent, taken, where);
    } else if (round % 3 == 1) {
      CheckEnds(taken, sent, where);
    } else {
      // A sender whose process ends does not wait: the receiver may see only the end of the connection. It may be done if
      // the sender is cancelled, but if the sender is done, so is the receiver.
      using Kind = SessionEnd::Kind;
      const std::string ends = where + ", aborted: " + Text(sent) + ", the other side: " + Text(taken);
      const bool gone = taken.kind == Kind::kFailed && taken.failure.code == Code::kPeerGone;
      const bool told = taken.kind == Kind::kPeerError && taken.failure.code == Code::kCancelled;
      Check(gone || told || taken.kind == Kind::kDone, ends);
      const bool stopped = sent.kind == Kind::kCancelled || sent.kind == Kind::kUnconfirmed;
      Check(stopped || (sent.kind == Kind::kDone && taken.kind == Kind::kDone), ends);
    }
  }
}

}  // namespace driver
