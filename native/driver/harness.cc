#include "harness.h"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace driver {

using namespace penstock;

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "penstock-driver-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) Fail("mkdtemp");
  path_ = pattern;
}

Scratch::~Scratch() { std::filesystem::remove_all(path_); }

SourceFile Scratch::Write(uint32_t index, uint64_t size) const {
  SourceFile file;
  file.index = index;
  file.path.path = path_ + "/source-" + std::to_string(index);
  file.size = size;
  std::string block(1 << 16, '\0');
  uint32_t state = index + 1;
  for (char& byte : block) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  std::ofstream out(file.path.path, std::ios::binary);
  for (uint64_t at = 0; at < size; at += block.size()) {
    block[0] = static_cast<char>(at >> 16);
    out.write(block.data(), static_cast<std::streamsize>(std::min<uint64_t>(block.size(), size - at)));
  }
  out.close();
  struct stat facts {};
  Check(::stat(file.path.path.c_str(), &facts) == 0, "stat");
  file.mtimeNs = facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec;
  return file;
}

SourceFile Scratch::WriteSparse(uint32_t index, uint64_t size, uint64_t data) const {
  SourceFile file = Write(index, data);
  const std::string dense = file.path.path + "-dense";
  Check(::rename(file.path.path.c_str(), dense.c_str()) == 0, "rename");
  std::ofstream out(file.path.path, std::ios::binary);
  out.seekp(static_cast<std::streamoff>(size - data));
  out << std::ifstream(dense, std::ios::binary).rdbuf();
  out.close();
  struct stat facts {};
  Check(::stat(file.path.path.c_str(), &facts) == 0, "stat");
  file.size = size;
  file.mtimeNs = facts.st_mtim.tv_sec * 1000000000 + facts.st_mtim.tv_nsec;
  return file;
}

std::shared_ptr<Folder> Scratch::Staging() {
  staging_ = path_ + "/staging-" + std::to_string(++stagings_);
  std::filesystem::create_directory(staging_);
  return OpenFolder(staging_);
}

bool Scratch::Equal(const SourceFile& file, const std::string& folder) const {
  std::ifstream a(file.path.path, std::ios::binary);
  std::ifstream b(staging_ + folder + "/" + std::to_string(file.index), std::ios::binary);
  if (!a || !b) return false;
  // In large pieces: under a sanitizer a comparison byte by byte takes minutes.
  std::vector<char> left(1 << 20);
  std::vector<char> right(left.size());
  for (;;) {
    a.read(left.data(), static_cast<std::streamsize>(left.size()));
    b.read(right.data(), static_cast<std::streamsize>(right.size()));
    if (a.gcount() != b.gcount()) return false;
    if (a.gcount() == 0) return true;
    if (std::memcmp(left.data(), right.data(), static_cast<size_t>(a.gcount())) != 0) return false;
  }
}

std::shared_ptr<Manifest> ManifestOf(const std::vector<SourceFile>& files) {
  auto manifest = std::make_shared<Manifest>();
  for (const SourceFile& file : files) {
    EntryFacts facts;
    facts.size = file.size;
    facts.seconds = file.mtimeNs / 1000000000;
    facts.nanoseconds = static_cast<uint32_t>(file.mtimeNs % 1000000000);
    manifest->AddTop(facts, std::to_string(file.index), file.path.path);
  }
  return manifest;
}

SessionOptions Options(Technique technique, bool check) {
  SessionOptions options;
  options.technique = technique;
  options.fallback = {Technique::kReadWrite};
  options.bufferBytes = 64 << 10;
  options.check = check;
  options.mapOptions.set();
  return options;
}

namespace {

/** The keys of a stream, other ones for each; `sender`: as that end has them. */
std::optional<StreamKeys> KeysOf(const Pair& pair, int stream, bool sender) {
  if (!pair.sealed) return std::nullopt;
  StreamKeys keys;
  keys.send.key.fill(static_cast<uint8_t>(stream + 1));
  keys.send.iv.fill(static_cast<uint8_t>(stream + 2));
  keys.receive.key.fill(static_cast<uint8_t>(stream + 101));
  keys.receive.iv.fill(static_cast<uint8_t>(stream + 102));
  if (!sender) std::swap(keys.send, keys.receive);
  return keys;
}

StreamKeys ControlKeys(bool sender) {
  Pair sealed;
  sealed.sealed = TransportKind::kSealed;
  return *KeysOf(sealed, 0, sender);
}

SessionOptions OptionsOf(const Pair& pair, Technique technique) {
  SessionOptions options = Options(technique, pair.check);
  if (pair.sealed) options.transport = *pair.sealed;
  options.recordLimit = pair.recordLimit;
  return options;
}

}  // namespace

Pair SealedPair(int streams) {
  Pair pair{Technique::kSeal, Technique::kUnseal, false, streams};
  pair.sealed = TransportKind::kSealed;
  return pair;
}

Transfer::Transfer(const Pair& pair, const std::vector<SourceFile>& files, std::shared_ptr<Folder> staging) {
  ReceiveOptions options;
  options.session = OptionsOf(pair, pair.receive);
  options.staging = std::move(staging);
  options.streams = pair.streams;
  options.tree = pair.tree;
  receiver = std::make_unique<ReceiveSession>(
      options,
      [this](const SessionEnd& end) {
        receiverEnd.Set(end);
        received.Set(false);
      },
      [this](const std::vector<Failure>&) { received.Set(true); });
  sender =
      std::make_unique<SendSession>(OptionsOf(pair, pair.send), [this](const SessionEnd& end) { senderEnd.Set(end); });
  std::vector<ExpectedFile> expected;
  for (const SourceFile& file : files) {
    ExpectedFile one;
    one.index = file.index;
    one.size = file.size;
    if (pair.tree) one.placement = Placement{"top/" + std::to_string(file.index), 0640, {1, 2}};
    expected.push_back(std::move(one));
  }
  sender->AddManifest(ManifestOf(files), {});
  if (!pair.moreFiles) sender->EndOfFiles();
  if (pair.body) ConnectBody(pair);
  else ConnectStreams(pair);
  // In two pieces, as the core does while the streams run.
  const auto middle = expected.begin() + static_cast<std::ptrdiff_t>(expected.size() / 2);
  receiver->AddFiles({expected.begin(), middle});
  receiver->AddFiles({middle, expected.end()});
  receiver->EndOfFiles();
}

void Transfer::ConnectBody(const Pair& pair) {
  auto [near, far] = LocalPair();
  if (pair.onSocket) {
    pair.onSocket(Direction::kReceive, near.get());
    pair.onSocket(Direction::kSend, far.get());
  }
  receiver->AddBody(std::move(near));
  sender->AddBody(std::move(far));
}

void Transfer::ConnectStreams(const Pair& pair) {
  port_ = std::make_unique<DataPort>(DataPortOptions{"127.0.0.1", 0, 2000, 16}, [this, pair](Arrived arrived) {
    const int stream = arrived.preamble[7];
    if (pair.onSocket && stream > 0) pair.onSocket(Direction::kReceive, arrived.socket.get());
    const std::vector<uint8_t> hello(kHelloBytes, 1);
    if (stream == 0) receiver->AddControl(std::move(arrived.socket), {hello, ControlKeys(false)});
    else receiver->AddStream(std::move(arrived.socket), stream, {hello, KeysOf(pair, stream, false)});
  });
  // All are connected before one sends: the first could spend its records before there is another one.
  std::vector<UniqueSocket> sockets;
  for (int stream = 0; stream <= pair.streams; ++stream) {
    ConnectOptions connect;
    connect.host = "127.0.0.1";
    connect.port = port_->port();
    connect.timeoutMs = 5000;
    const char magic[] = {'P', 'N', 'S', 'T', 'C', 'K', kWireVersion, static_cast<char>(stream)};
    std::copy(std::begin(magic), std::end(magic), connect.preamble.begin());
    Wake wake;
    sockets.push_back(ConnectAndGreet(connect, wake).socket);
    if (pair.onSocket && stream > 0) pair.onSocket(Direction::kSend, sockets.back().get());
  }
  sender->AddControl(std::move(sockets[0]), ControlKeys(true));
  for (int stream = 1; stream <= pair.streams; ++stream) {
    sender->AddStream(std::move(sockets[static_cast<size_t>(stream)]), stream, KeysOf(pair, stream, true));
  }
}

void Transfer::Finish() {
  if (received.Get() && receiver->Committing()) receiver->Finish({});
  senderEnd.Get();
  receiverEnd.Get();
}

Copy::Copy(Technique technique, const std::vector<SourceFile>& files, std::shared_ptr<Folder> staging) {
  CopyOptions options;
  options.session.technique = technique;
  options.session.fallback = {Technique::kCopyRange, Technique::kCopyFile};
  options.staging = std::move(staging);
  options.everySecond = true;
  session = std::make_unique<CopySession>(options, [this](const SessionEnd& ended) { end.Set(ended); });
  // In two pieces, as the core does while the thread runs.
  const auto middle = files.begin() + static_cast<std::ptrdiff_t>(files.size() / 2);
  session->AddFiles({files.begin(), middle});
  session->AddFiles({middle, files.end()});
  session->EndOfFiles();
}

}  // namespace driver
