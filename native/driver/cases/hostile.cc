// Sends to one end what an attacker may send: on a plain stream, on a sealed one with its keys, and on a sealed one without them.
#include <poll.h>
#include <sys/socket.h>

#include <iterator>
#include <random>

#include "cases/cases.h"
#include "connection/socket.h"
#include "harness.h"
#include "record_bytes.h"
#include "wire/delivery.h"
#include "wire/frame.h"

namespace driver {

using namespace penstock;

namespace {

constexpr uint64_t kSize = 100;

StreamKeys KeysOfBothWays() { return {SomeKeys(), SomeKeys()}; }

SessionOptions SealedOptions(Technique technique) {
  SessionOptions options = Options(technique, false);
  options.fallback.clear();
  return options;
}

bool SendBytes(const UniqueSocket& to, const Bytes& bytes) {
  return ::send(to.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

Bytes BytesOf(const SmallFrame& frame) {
  return {frame.bytes.begin(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(frame.size)};
}

Bytes DataOf(uint32_t file, const Bytes& content) {
  Header header;
  header.type = FrameType::kData;
  header.file = file;
  header.length = content.size();
  Bytes bytes(kHeaderBytes);
  EncodeHeader(header, bytes.data());
  return std::move(bytes) + content;
}

/** Reads a session's records until they have held so many bytes of content; false if the session closes first. */
class Reader {
 public:
  explicit Reader(const UniqueSocket& from) : from_(from) {}

  bool Until(size_t content) {
    while (content_ < content) {
      pollfd readable{from_.get(), POLLIN, 0};
      Check(::poll(&readable, 1, 20000) == 1, "a session sends or closes");
      uint8_t piece[4096];
      const ssize_t got = ::recv(from_.get(), piece, sizeof piece, 0);
      if (got <= 0) return false;
      held_.insert(held_.end(), piece, piece + got);
      OpenAll();
    }
    return true;
  }

 private:
  void OpenAll() {
    for (;;) {
      const auto size = RecordOpener::SizeOf(held_.data(), held_.size());
      if (!size || *size == 0 || *size > held_.size()) return;
      const auto end = held_.begin() + static_cast<std::ptrdiff_t>(*size);
      const auto opened = Open(opener_, Bytes(held_.begin(), end));
      Check(opened.has_value(), "a session's own record opens");
      content_ += opened->size();
      held_.erase(held_.begin(), end);
    }
  }

  const UniqueSocket& from_;
  RecordOpener opener_ = OpenerOf(SomeKeys());
  Bytes held_;
  size_t content_ = 0;
};

/** Damage to one byte of all that a side sends; the position counts over all pieces. */
struct Damage {
  size_t at;
  uint8_t flip;
  bool done = false;

  Bytes To(Bytes piece) {
    if (at < piece.size() && !done) {
      piece[at] ^= flip;
      done = true;
    }
    at -= done ? 0 : piece.size();
    return piece;
  }
};

Bytes RandomFrameOfSender(std::mt19937& random) {
  const uint8_t types[] = {1, 2, 3, 4, 5, 6, 7, 8, 0x85, 0x81, 9};
  Bytes bytes(kHeaderBytes + 200);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random() % 4 == 0 ? random() : 0);
  Header header;
  header.type = static_cast<FrameType>(types[random() % std::size(types)]);
  header.file = random() % 9;
  header.offset = random() % 4 == 0 ? kRangeBytes : 0;
  const uint64_t lengths[] = {0, 8, 12, 24, 100, 200, 36};
  header.length = lengths[random() % std::size(lengths)];
  EncodeHeader(header, bytes.data());
  if (random() % 10 == 0) bytes[random() % kHeaderBytes] ^= static_cast<uint8_t>(1u << random() % 8);
  bytes.resize(kHeaderBytes + header.length);
  return bytes;
}

Bytes RandomFrameOfReceiver(std::mt19937& random) {
  Bytes bytes(kHeaderBytes + 2 * kEntryRunBytes);
  Header header;
  header.type = static_cast<FrameType>(0x80 + random() % 10);
  header.flags = random() % 4 == 0 ? 1 : 0;
  const uint64_t lengths[] = {0, 8, kEntryRunBytes, kDoneBytes, 2 * kEntryRunBytes};
  header.length = lengths[random() % std::size(lengths)];
  EncodeHeader(header, bytes.data());
  PutU64(bytes.data() + kHeaderBytes, random() % 2 == 0 ? kRangeBytes : random());
  bytes.resize(kHeaderBytes + header.length);
  return bytes;
}

/** Sends a transfer of one file with this damage to a receiver; returns whether the receiver got all of it. */
bool ReceiveDamaged(Scratch& scratch, Damage damage) {
  auto [ours, theirs] = LocalPair();
  Promise<SessionEnd> ended;
  Promise<bool> received;
  ReceiveOptions options;
  options.session = SealedOptions(Technique::kUnseal);
  options.staging = scratch.Staging();
  ReceiveSession receiver(
      options,
      [&](const SessionEnd& end) {
        ended.Set(end);
        received.Set(false);
      },
      [&](const std::vector<Failure>&) { received.Set(true); });
  receiver.AddFiles({{0, kSize}});
  receiver.EndOfFiles();
  auto [ourControl, theirControl] = LocalPair();
  receiver.AddControl(std::move(ourControl), {{}, KeysOfBothWays()});
  receiver.AddStream(std::move(ours), 1, {{}, KeysOfBothWays()});
  auto sealer = SealerOf(SomeKeys());
  for (const Bytes& frame :
       {DataOf(0, Bytes(kSize, 7)), BytesOf(FileEndFrame(0, kSize, 1)), BytesOf(EmptyFrame(FrameType::kStreamEnd))}) {
    if (!SendBytes(theirs, damage.To(Seal(sealer, frame)))) break;
  }
  auto controlSealer = SealerOf(SomeKeys());
  SendBytes(theirControl, damage.To(Seal(controlSealer, BytesOf(EmptyFrame(FrameType::kEnd)))));
  const bool whole = damage.done ? false : received.Get();
  theirs.reset();
  theirControl.reset();
  Check(ended.Get().kind != SessionEnd::Kind::kDone, "without a commit it is not done");
  receiver.Join();
  Check(whole || !*received.Peek(), "what is damaged is not received");
  return whole;
}

/** Sends the answers with this damage to a sender of one file; returns whether the sender ended as done. */
bool AnswerDamaged(const SourceFile& file, Damage damage) {
  auto [ours, theirs] = LocalPair();
  Promise<SessionEnd> ended;
  SendSession sender(SealedOptions(Technique::kSeal), [&](const SessionEnd& end) { ended.Set(end); });
  sender.AddManifest(ManifestOf({file}), {});
  sender.EndOfFiles();
  auto [ourControl, theirControl] = LocalPair();
  sender.AddControl(std::move(ourControl), KeysOfBothWays());
  sender.AddStream(std::move(ours), 1, KeysOfBothWays());
  auto sealer = SealerOf(SomeKeys());
  auto controlSealer = SealerOf(SomeKeys());
  Reader reader(theirs);
  Reader controlReader(theirControl);
  const auto answer = [&](const Bytes& frame) { return SendBytes(theirs, damage.To(Seal(sealer, frame))); };
  const auto report = [&](const Bytes& frame) {
    return SendBytes(theirControl, damage.To(Seal(controlSealer, frame)));
  };
  const EntryRun delivered{0, 1, 0, 0};
  const size_t sent = kHeaderBytes + kSize + kHeaderBytes + 24;
  const bool all = reader.Until(sent) && answer(BytesOf(LengthFrame(FrameType::kVerified, 0, 0, 0, kSize))) &&
                   (damage.done || controlReader.Until(kHeaderBytes)) &&
                   report(RunsFrame(FrameType::kDelivered, &delivered, 1)) &&
                   report(BytesOf(DoneFrame({1, 0, 0, 0, 0})));
  Check(all || damage.done, "a transfer without damage takes its course");
  ::shutdown(theirs.get(), SHUT_WR);
  ::shutdown(theirControl.get(), SHUT_WR);
  const bool done = ended.Get().kind == SessionEnd::Kind::kDone;
  theirs.reset();
  sender.Join();
  return done;
}

/** Sends this many frames, sealed or not, or fewer if the session closes first; then closes the connection. */
template <typename Make>
void SendFrames(UniqueSocket to, bool sealed, int count, Make make) {
  auto sealer = SealerOf(SomeKeys());
  for (int sent = 0; sent < count; ++sent) {
    const Bytes frame = make();
    if (!SendBytes(to, sealed ? Seal(sealer, frame) : frame)) return;
  }
}

}  // namespace

void HostileSender() {
  Scratch scratch;
  std::mt19937 random(Seed());
  for (int round = 0; round < 600; ++round) {
    const bool sealed = round >= 400;
    auto [ours, theirs] = LocalPair();
    Promise<SessionEnd> ended;
    ReceiveOptions options;
    options.session = sealed ? SealedOptions(Technique::kUnseal)
                             : Options(kReceive[static_cast<size_t>(round) % std::size(kReceive)], round % 4 < 2);
    options.staging = scratch.Staging();
    ReceiveSession receiver(
        options, [&](const SessionEnd& end) { ended.Set(end); }, [](const std::vector<Failure>&) {});
    receiver.AddFiles({{0, 100}, {1, 0}, {2, 9000}, {7, kRangeBytes + 1}});
    receiver.EndOfFiles();
    StreamStart start;
    if (sealed) start.keys = KeysOfBothWays();
    if (sealed) receiver.AddStream(std::move(ours), 1, start);
    else receiver.AddBody(std::move(ours));
    SendFrames(std::move(theirs), sealed, 8, [&] { return RandomFrameOfSender(random); });
    Check(ended.Get().kind != SessionEnd::Kind::kDone, "a hostile sender is never done");
    receiver.Join();
  }
}

void HostileReceiver() {
  Scratch scratch;
  const auto file = scratch.Write(0, 20 << 20);
  std::mt19937 random(Seed());
  for (int round = 0; round < 300; ++round) {
    const bool sealed = round >= 200;
    auto [ours, theirs] = LocalPair();
    Promise<SessionEnd> ended;
    SendSession sender(sealed ? SealedOptions(Technique::kSeal)
                              : Options(kSend[static_cast<size_t>(round) % std::size(kSend)], round % 2 == 0),
                       [&](const SessionEnd& end) { ended.Set(end); });
    sender.AddManifest(ManifestOf({file}), {});
    sender.EndOfFiles();
    std::optional<StreamKeys> keys;
    if (sealed) keys = KeysOfBothWays();
    if (sealed) sender.AddStream(std::move(ours), 1, keys);
    else sender.AddBody(std::move(ours));
    SendFrames(std::move(theirs), sealed, 6, [&] { return RandomFrameOfReceiver(random); });
    Check(ended.Get().kind != SessionEnd::Kind::kDone, "a hostile receiver is never done");
    sender.Join();
  }
}

void DamagedRecords() {
  Scratch scratch;
  const auto file = scratch.Write(0, kSize);
  std::mt19937 random(Seed());
  const auto flip = [&] { return static_cast<uint8_t>(1u << random() % 8); };
  // DATA, FILE_END, STREAM_END; END on the control stream.
  const size_t sent = 4 * kRecordOverhead + kHeaderBytes + kSize + kHeaderBytes + 24 + 2 * kHeaderBytes;
  for (size_t at = 0; at < sent; ++at)
    Check(!ReceiveDamaged(scratch, {at, flip()}), "sent with damage at " + std::to_string(at));
  Check(ReceiveDamaged(scratch, {sent, 1}), "sent without damage");
  const size_t answered =
      3 * kRecordOverhead + kHeaderBytes + 8 + kHeaderBytes + kEntryRunBytes + kHeaderBytes + kDoneBytes;
  for (size_t at = 0; at < answered; ++at)
    Check(!AnswerDamaged(file, {at, flip()}), "answered with damage at " + std::to_string(at));
  Check(AnswerDamaged(file, {answered, 1}), "answered without damage");
}

}  // namespace driver
