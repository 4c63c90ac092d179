// The engine's cases without Node, for the sanitizers. Argument: the path of golden.json.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <iterator>
#include <random>
#include <thread>

#include "cases/cases.h"
#include "harness.h"
#include "send/send_stream.h"
#include "wire/crc32c/crc32c.h"
#include "wire/delivery.h"
#include "wire/frame.h"

namespace driver {
namespace {

using namespace penstock;

void Begin(const char* name) {
  std::printf("%s\n", name);
  std::fflush(stdout);
}

std::vector<SourceFile> Tree(const Scratch& scratch) {
  std::vector<SourceFile> files;
  const uint64_t sizes[] = {0, 1, 4095, 70000, 4096, 4097, 3, 70001, (20 << 20) + 1, 0};
  uint32_t index = 0;
  for (const uint64_t size : sizes) files.push_back(scratch.Write(index++, size));
  return files;
}

void EveryTechnique() {
  Scratch scratch;
  const auto files = Tree(scratch);
  for (const Technique send : kSend) {
    for (const Technique receive : kReceive) {
      for (const bool check : {true, false}) {
        for (const int streams : {1, 3}) {
          Transfer transfer(Pair{send, receive, check, streams, nullptr}, files, scratch.Staging());
          transfer.Finish();
          Check(transfer.senderEnd.Get().kind == SessionEnd::Kind::kDone, "sender done");
          Check(transfer.receiverEnd.Get().kind == SessionEnd::Kind::kDone, "receiver done");
          for (const SourceFile& file : files) Check(scratch.Equal(file), "equal " + std::to_string(file.index));
          Check(transfer.receiver->counters().filesDone == files.size(), "files counted");
        }
      }
    }
  }
}

void Sealed() {
  Scratch scratch;
  const auto files = Tree(scratch);
  for (const int streams : {1, 3}) {
    Pair pair = SealedPair(streams);
    // Two ranges; another stream sends the rest.
    if (streams > 1) pair.recordLimit = kReservedRecords + 700;
    Transfer transfer(pair, files, scratch.Staging());
    transfer.Finish();
    Check(transfer.senderEnd.Get().kind == SessionEnd::Kind::kDone, "sender done");
    Check(transfer.receiverEnd.Get().kind == SessionEnd::Kind::kDone, "receiver done");
    Check(transfer.sender->transport() == TransportKind::kSealed, "sealed");
    for (const SourceFile& file : files) Check(scratch.Equal(file), "equal " + std::to_string(file.index));
  }
}

void UnderTheirNames() {
  Scratch scratch;
  const auto files = Tree(scratch);
  for (const Technique receive : kReceive) {
    const auto staging = scratch.Staging();
    const auto tree = MakeFolder(*staging, "tree");
    MakeFolder(*tree, "top");
    Transfer transfer(Pair{Technique::kSendfile, receive, true, 3, tree}, files, staging);
    transfer.Finish();
    Check(transfer.receiverEnd.Get().kind == SessionEnd::Kind::kDone, "receiver done");
    Check(transfer.receiver->files().AllDisplaced().empty(), "all have their names");
    for (const SourceFile& file : files) Check(scratch.Equal(file, "/tree/top"), "equal " + std::to_string(file.index));
  }
}

void SourceChanges() {
  Scratch scratch;
  for (const bool check : {true, false}) {
    auto files = Tree(scratch);
    files[1].mtimeNs += 1;
    files[8].mtimeNs += 1;
    files[3].path.path += "-gone";
    Transfer transfer(Pair{Technique::kSendfile, Technique::kSplice, check, 2, nullptr}, files, scratch.Staging());
    transfer.Finish();
    Check(transfer.senderEnd.Get().kind == SessionEnd::Kind::kDone, "done but for the failed");
    Check(transfer.sender->failures().size() == 3, "three failed at the sender");
    Check(transfer.receiver->failures().size() == 3, "three failed at the receiver");
  }
}

void SourceShrinks() {
  Scratch scratch;
  for (const Technique send : kSend) {
    const auto file = scratch.Write(0, 40 << 20);
    Transfer transfer(Pair{send, Technique::kSplice, true, 1, nullptr}, {file}, scratch.Staging());
    Check(::truncate(file.path.path.c_str(), 100) == 0, "truncate");
    transfer.Finish();
    Check(transfer.senderEnd.Get().kind == SessionEnd::Kind::kDone, "done but for the file that shrank");
    Check(transfer.sender->failures().size() == 1, "it is named");
  }
}

// This thread samples the figures while the session runs, as the application does.
void EveryCopy() {
  Scratch scratch;
  const auto files = Tree(scratch);
  for (const Technique technique : BuiltTechniques(Direction::kCopy)) {
    Copy copy(technique, files, scratch.Staging());
    uint64_t seen = 0;
    while (!copy.end.Peek()) {
      const uint64_t bytes = copy.session->counters().bytes;
      Check(bytes >= seen, "bytes only grow");
      seen = bytes;
      copy.session->fellBackFrom();
      std::this_thread::yield();
    }
    copy.session->Join();
    Check(copy.end.Get().kind == SessionEnd::Kind::kDone, "copied");
    Check(copy.session->failures().empty(), "none failed");
    Check(copy.session->counters().filesDone == files.size(), "files counted");
    for (const SourceFile& file : files) {
      // The commit creates an empty file.
      if (file.size > 0) Check(scratch.Equal(file), "equal " + std::to_string(file.index));
    }
    copy.session->ReleaseFiles();
  }
}

void CopySourcesChange() {
  Scratch scratch;
  for (const Technique technique : BuiltTechniques(Direction::kCopy)) {
    auto files = Tree(scratch);
    files[1].mtimeNs += 1;
    files[3].path.path += "-gone";
    files[8].size += 1;
    Copy copy(technique, files, scratch.Staging());
    Check(copy.end.Get().kind == SessionEnd::Kind::kDone, "done but for those that changed");
    Check(copy.session->failures().size() == 3, "they are named");
  }
}

void CancelCopiesAtRandom() {
  Scratch scratch;
  const std::vector<SourceFile> files = {scratch.Write(0, 48 << 20), scratch.Write(1, 10), scratch.Write(2, 48 << 20)};
  std::mt19937 random(Seed());
  for (int round = 0; round < 18; ++round) {
    const auto& techniques = BuiltTechniques(Direction::kCopy);
    Copy copy(techniques[static_cast<size_t>(round) % techniques.size()], files, scratch.Staging());
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    copy.session->SetTechnique(Technique::kCopyFile);
    // Every third session is destroyed by its owner, as at the end of a process.
    if (round % 3 == 0) {
      copy.session.reset();
    } else {
      copy.session->Cancel(Code::kCancelled);
    }
    const auto kind = copy.end.Get().kind;
    Check(kind == SessionEnd::Kind::kDone || kind == SessionEnd::Kind::kCancelled, "done or cancelled");
  }
}

void PortUnderLoad() {
  for (int round = 0; round < 20; ++round) {
    DataPort port(DataPortOptions{"127.0.0.1", 0, 50, 4}, [](Arrived) {});
    std::vector<std::thread> callers;
    for (int i = 0; i < 6; ++i) {
      callers.emplace_back([&port, i] {
        ConnectOptions connect;
        connect.host = "127.0.0.1";
        connect.port = port.port();
        connect.timeoutMs = 100;
        if (i % 2 == 0) std::memcpy(connect.preamble.data(), "PNSTCK\2", 7);
        Wake wake;
        try {
          ConnectAndGreet(connect, wake);
          Fail("there is no receiver to answer");
        } catch (const SystemError&) {
        }
      });
    }
    if (round % 2 == 0) port.Close();
    for (std::thread& caller : callers) caller.join();
  }
}

// The frame, encoded from its decoded fields.
std::vector<uint8_t> EncodeAgain(const Header& header, const std::vector<uint8_t>& golden) {
  const uint8_t* body = golden.data() + kHeaderBytes;
  SmallFrame frame;
  switch (header.type) {
    case FrameType::kHole:
    case FrameType::kVerified:
    case FrameType::kRetry:
      frame = LengthFrame(header.type, header.flags, header.file, header.offset, GetU64(body));
      break;
    case FrameType::kCheck:
      frame = CheckFrame(header.file, header.offset, GetU64(body), GetU32(body + 8));
      break;
    case FrameType::kFileEnd: {
      const auto end = DecodeFileEnd(body);
      Check(end.has_value(), "FILE_END decodes");
      frame = FileEndFrame(header.file, end->size, end->mtimeSeconds * 1000000000 + end->mtimeNanoseconds);
      break;
    }
    case FrameType::kFileFailed:
    case FrameType::kCancel:
    case FrameType::kError:
      frame = CodeFrame(header.type, header.file, CodeFromWire(GetU32(body)), static_cast<int>(GetU32(body + 4)));
      break;
    case FrameType::kDelivered:
    case FrameType::kNotDelivered:
    case FrameType::kNoted: {
      const auto runs = DecodeRuns(header, body);
      Check(runs.has_value(), "a report decodes");
      return RunsFrame(header.type, runs->data(), runs->size());
    }
    case FrameType::kDone:
      frame = DoneFrame(DecodeDone(body));
      break;
    case FrameType::kEnd:
    case FrameType::kStreamEnd:
    case FrameType::kKeepalive:
      frame = EmptyFrame(header.type);
      break;
    default: {
      // DATA and BATCH: the header, then the table, then the unchanged contents.
      std::vector<uint8_t> bytes = golden;
      EncodeHeader(header, bytes.data());
      for (uint32_t i = 0; header.type == FrameType::kBatch && i < header.file; ++i) {
        const BatchEntry entry = DecodeBatchEntry(body + i * kBatchEntryBytes);
        EncodeBatchEntry(entry, bytes.data() + kHeaderBytes + i * kBatchEntryBytes);
      }
      return bytes;
    }
  }
  return {frame.bytes.begin(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(frame.size)};
}

void Golden(const char* path) {
  const std::string text = ReadText(path);
  size_t at = 0;
  int frames = 0;
  for (;;) {
    const std::string name = NextString(text, "name", &at);
    if (name.empty()) break;
    const auto golden = FromHex(NextString(text, "hex", &at));
    // Opened by records.cc.
    if (name == "SEALED") continue;
    if (name == "PREAMBLE" || name == "HELLO") {
      Check(golden.size() == (name == "HELLO" ? kHelloBytes : kPreambleBytes), name + " has its size");
      continue;
    }
    const From side = (golden[0] & 0x80) != 0 ? From::kReceiver : From::kSender;
    const StreamKind kind = name == "STREAM_END" ? StreamKind::kContent : StreamKind::kBody;
    const auto header = DecodeHeader(golden.data(), side, kind);
    Check(header.has_value(), name + " decodes");
    Check(golden.size() == kHeaderBytes + header->length, name + " has its length");
    Check(EncodeAgain(*header, golden) == golden, name + " encodes to the same bytes");
    ++frames;
  }
  Check(frames >= 15, "golden.json has every frame");
}

void Checksums() {
  std::string text = "123456789";
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  Check(Crc32cByTable(0, bytes, text.size()) == 0xe3069283u, "CRC-32C by table");
  Check(SelectCrc32c()(0, bytes, text.size()) == 0xe3069283u, "CRC-32C of this processor");
  // Longer than the lanes that a processor may compute in parallel.
  std::string longer(50000, 'x');
  for (size_t i = 0; i < longer.size(); ++i) longer[i] = static_cast<char>(i * 7 + i / 251);
  for (size_t cut = 0; cut < 3000; cut += 75 + cut / 7) {
    const auto* at = reinterpret_cast<const uint8_t*>(longer.data()) + cut;
    const size_t size = longer.size() - 2 * cut;
    const uint32_t split = SelectCrc32c()(SelectCrc32c()(0, at, cut * 3), at + cut * 3, size - cut * 3);
    Check(split == Crc32cByTable(0, at, size), "CRC-32C in pieces");
  }
}

}  // namespace
}  // namespace driver

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: driver GOLDEN.JSON\n");
    return 2;
  }
  using namespace driver;
  Begin("golden bytes");
  Golden(argv[1]);
  Begin("checksums");
  Checksums();
  Begin("records");
  Records(argv[1]);
  Begin("forged records");
  ForgedRecords();
  Begin("a manifest that grows");
  GrowingManifest();
  Begin("every technique");
  EveryTechnique();
  Begin("sealed streams");
  Sealed();
  Begin("files under their own names");
  UnderTheirNames();
  Begin("sources that change");
  SourceChanges();
  Begin("sources that shrink");
  SourceShrinks();
  Begin("cancel at random moments");
  CancelAtRandom();
  Begin("cancel at every write");
  CancelAtEveryWrite();
  Begin("a KEEPALIVE is a frame");
  KeepaliveIsAFrame();
  Begin("copies");
  EveryCopy();
  Begin("sources of copies that change");
  CopySourcesChange();
  Begin("cancel copies at random moments");
  CancelCopiesAtRandom();
  Begin("hostile senders");
  HostileSender();
  Begin("hostile receivers");
  HostileReceiver();
  Begin("reports");
  Reports();
  Begin("damaged records");
  DamagedRecords();
  Begin("a data port under load");
  PortUnderLoad();
  std::printf("ok\n");
  return 0;
}
