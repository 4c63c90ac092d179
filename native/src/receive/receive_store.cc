// Files of a receiver's stream: created in the staging folder or the tree in it, closed when whole.
#include <algorithm>
#include <cerrno>
#include <string>

#include "files/target/file_ops.h"
#include "receive/receive_stream.h"

namespace penstock {
namespace {

/** Bytes of a BATCH that are read at once: the sender's limits count them then. */
constexpr uint64_t kBatchPiece = 64 << 10;

}  // namespace

UniqueFd ReceiveStream::Create(uint32_t index) {
  if (const auto placement = session_.files().PlacementOf(index)) {
    UniqueFd fd = CreatePlaced(index, *placement);
    if (fd.valid()) return fd;
    // The content arrives whether the name is usable or not; the commit decides about the name.
    session_.files().Displace(index, errno);
  }
  const bool through = session_.durability() == Durability::kThrough;
  UniqueFd fd(link_.calls().OpenStaging(session_.staging().fd(), std::to_string(index), through, false));
  // The name is one of this program's own: it is missing only where the staging folder is.
  if (!fd.valid() && IsFolderGone(errno)) FailTarget(errno, "openat");
  if (!fd.valid()) Lose(index, UniqueFd(), errno, "openat");
  return fd;
}

void ReceiveStream::Lose(uint32_t index, const UniqueFd& file, int error, const char* syscall) {
  if (EndsTarget(error)) FailTarget(error, syscall);
  LoseOne(index, file, error);
}

void ReceiveStream::LoseOne(uint32_t index, const UniqueFd& file, int error) {
  session_.Lose(index, error);
  // The other files may need the room.
  if (file.valid()) link_.calls().Truncate(file.get(), 0);
}

UniqueFd ReceiveStream::CreatePlaced(uint32_t index, const Placement& placement) {
  const size_t slash = placement.path.rfind('/');
  if (slash == std::string::npos) {
    errno = EINVAL;
    return UniqueFd();
  }
  if (!folder_.valid() || placement.path.compare(0, slash, folderPath_) != 0) {
    CloseFolder();
    folderPath_ = placement.path.substr(0, slash);
    folder_ = OpenFolderBelow(link_.calls(), session_.tree().fd(), folderPath_);
    if (!folder_.valid()) return UniqueFd();
  }
  const bool through = session_.durability() == Durability::kThrough;
  // Two names of the manifest may be one to the file system: the second must not empty the first.
  const bool first = !session_.files().IsNamed(index);
  UniqueFd fd(link_.calls().OpenStaging(folder_.get(), placement.path.substr(slash + 1), through, first));
  if (fd.valid()) session_.files().MarkNamed(index);
  return fd;
}

void ReceiveStream::CloseFolder() {
  if (folder_.valid()) link_.calls().Close(folder_.release());
}

void ReceiveStream::ApplyModeAndTime(uint32_t index, Descriptor file) {
  const auto placement = session_.files().PlacementOf(index);
  if (!placement) return;
  const uint32_t mode = placement->mode & session_.permitted();
  session_.files().SetKept(index, KeepModeAndTime(link_.calls(), file, mode, placement->modified, &held_));
}

void ReceiveStream::Opened(StagedFile& file) {
  std::lock_guard<std::mutex> lock(file.openMutex);
  if (file.opened) return;
  file.fd = Create(file.index);
  file.opened = true;
  if (file.fd.valid() && file.size > 0 && link_.calls().Truncate(file.fd.get(), file.size) != 0)
    Lose(file.index, file.fd, errno, "ftruncate");
}

void ReceiveStream::CloseWhole(StagedFile& file) {
  std::lock_guard<std::mutex> lock(file.openMutex);
  if (!file.fd.valid()) return;
  ApplyModeAndTime(file.index, file.fd.get());
  Close(file.index, std::move(file.fd));
}

// A write may fail only on close, as on a network file system whose disk is full.
void ReceiveStream::Close(uint32_t index, UniqueFd file) {
  if (link_.calls().Close(file.release()) != 0) session_.Lose(index, errno);
  if (!session_.files().IsLost(index)) Counters::Add(session_.counters().filesDone, 1);
}

void ReceiveStream::WriteWholeFile(uint32_t index, const uint8_t* data, size_t size) {
  UniqueFd fd = Create(index);
  if (!fd.valid()) return;
  if (size > 0) {
    const int error = content_.WriteWhole(fd.get(), data, size, 0);
    if (error != 0) Lose(index, fd, error, "pwrite64");
  }
  if (session_.durability() == Durability::kEverySecond) link_.calls().StartWriteBack(fd.get());
  ApplyModeAndTime(index, fd.get());
  Close(index, std::move(fd));
}

void ReceiveStream::OnBatch(const Header& header) {
  content_.Begin();
  if (!batch_) batch_.reset(new uint8_t[kMaxBatchBody]);
  for (uint64_t at = 0; at < header.length;) {
    const size_t size = std::min<uint64_t>(header.length - at, kBatchPiece);
    ReadBody(batch_.get() + at, size);
    session_.watch().Moved(size);
    at += size;
  }
  // Before any of it is believed.
  if (!TableAddsUp(header, batch_.get())) FailStream(Code::kProtocol);

  const uint32_t count = header.file;
  const uint64_t table = uint64_t{count} * kBatchEntryBytes;
  const bool sealed = link_.transport().kind() == TransportKind::kSealed;
  const Technique by = sealed ? Technique::kUnseal : Technique::kReadWrite;
  const uint8_t* body = batch_.get() + table;
  for (uint32_t i = 0; i < count; ++i) {
    link_.CheckStopping();
    const BatchEntry entry = DecodeBatchEntry(batch_.get() + i * kBatchEntryBytes);
    const uint8_t* content = body;
    body += entry.length;
    AwaitFile(entry.file);
    // One entry is less than one range.
    if (session_.files().BeginWhole(entry.file, entry.length) != ReceiveFiles::Verdict::kTake)
      FailStream(Code::kProtocol);
    if (session_.options().check) {
      Crc32c crc;
      crc.Update(content, entry.length);
      if (crc.value() != entry.crc) {
        session_.files().WholeBad(entry.file);
        // An empty file has no range to ask for: its crc can only be wrong on purpose.
        if (entry.length == 0) FailStream(Code::kProtocol);
        frame_.Send(LengthFrame(FrameType::kRetry, 0, entry.file, 0, entry.length));
        continue;
      }
      Counters::Add(session_.counters().verifiedBytes, entry.length);
    } else if (entry.crc != 0) {
      FailStream(Code::kProtocol);
    }
    WriteWholeFile(entry.file, content, entry.length);
    session_.files().WholeDone(entry.file);
    Counters::Add(session_.counters().userCopyBytes, entry.length);
    session_.counters().Moved(by, entry.length);
  }
  const uint32_t first = DecodeBatchEntry(batch_.get()).file;
  frame_.Send(LengthFrame(FrameType::kVerified, kFlagBatch, first, 0, header.length));
  usage_.Fold();
}

}  // namespace penstock
