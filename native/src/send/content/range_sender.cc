#include "send/content/range_sender.h"

#include <algorithm>
#include <cerrno>

namespace penstock {

Failure RangeSender::Open(ActiveSource& source) {
  {
    std::lock_guard<std::mutex> lock(source.openMutex);
    if (source.opened) return {};
    source.fd.reset(link_.calls().OpenSource(source.path));
    if (!source.fd.valid()) return SourceFailure(errno, "openat");
    source.opened = true;
  }
  return Unchanged(source);
}

Failure RangeSender::Unchanged(ActiveSource& source) {
  FileFacts facts;
  if (link_.calls().Facts(source.fd.get(), &facts) != 0) return SourceFailure(errno, "statx");
  if (!facts.regular) return {Code::kNotReadable};
  if (facts.size < source.base + source.size) return {Code::kFileShrank};
  const bool resized = !source.slice && facts.size != source.size;
  if (resized || facts.mtimeNs != source.mtimeNs) return {Code::kFileChanged};
  return {};
}

uint64_t RangeSender::HoleEnd(ActiveSource& source, uint64_t offset) {
  std::lock_guard<std::mutex> lock(source.openMutex);
  if (offset >= source.dataFrom && offset < source.dataUntil) return offset;
  // Only whole files are searched for holes: a slice is small.
  if (source.slice) return offset;
  const int64_t data = link_.calls().Seek(source.fd.get(), offset, SEEK_DATA);
  // ENXIO: no data up to the end. Any other error: the file system does not report holes, and all is data.
  if (data < 0) return errno == ENXIO ? source.size : offset;
  const auto from = std::min(static_cast<uint64_t>(data), source.size);
  const int64_t hole = link_.calls().Seek(source.fd.get(), from, SEEK_HOLE);
  source.dataFrom = from;
  source.dataUntil = hole < 0 ? source.size : static_cast<uint64_t>(hole);
  return from;
}

SendTechnique* RangeSender::Prepare(uint64_t key) {
  const auto make = [this](Technique one) { return MakeSendTechnique(one, session_.options(), link_.calls()); };
  return fallback_.Prepare(key, link_.transport().kind(), technique_, make);
}

RangeSender::Result RangeSender::Send(const RangeJob& job) {
  frame_.BeginData(job.source->index, job.offset, job.length);
  const ActiveSource& source = *job.source;
  const SourceView view{source.fd.get(), source.key, source.base + source.size};
  const Result result = SendBody(view, source.base + job.offset, job.length, session_.options().check);
  if (result.failure) frame_.PadUntil(0);
  return result;
}

RangeSender::Result RangeSender::SendBody(const SourceView& view, uint64_t offset, uint64_t length, bool check) {
  SendTechnique* technique = Prepare(view.key);
  if (technique == nullptr) return {{Code::kInternal}};
  technique->Begin();
  Crc32c crc;
  uint64_t at = offset;
  const uint64_t end = offset + length;
  uint64_t readUntil = at;
  while (at < end) {
    link_.CheckStopping();
    uint64_t limit = end;
    if (check && !technique->SeesContent()) {
      if (at == readUntil) {
        readUntil = std::min(at + kCheckPieceBytes, end);
        if (const Failure failure = ReadPiece(view, at, readUntil - at, crc)) return {failure};
      }
      limit = readUntil;
    }
    const Step step = technique->Send(link_.transport(), view, at, limit - at, check ? &crc : nullptr);
    if (step.moved > 0) {
      at += step.moved;
      frame_.Moved(step.moved);
      session_.counters().Moved(technique->technique(), step.moved);
    }
    switch (step.kind) {
      case Step::Kind::kMoved:
        break;
      case Step::Kind::kWouldBlock:
        link_.WaitWritable();
        break;
      case Step::Kind::kAwaitKernel:
        link_.WaitErrorQueue();
        break;
      case Step::Kind::kNotSupported:
        while (!technique->Settle(link_.fd())) link_.WaitErrorQueue();
        if (step.failure.error == EFAULT && IsCutShort(link_.calls(), view))
          return {{Code::kFileShrank, EFAULT, step.failure.syscall}};
        fallback_.Refused(view.key, technique->technique(), step.failure);
        technique = Prepare(view.key);
        if (technique == nullptr) return {{Code::kIo, step.failure.error, step.failure.syscall}};
        technique->Begin();
        // The check was fed with bytes that are not sent yet, and the next technique may feed it itself: it restarts
        // with the bytes that were sent.
        crc = Crc32c();
        readUntil = at;
        if (check) {
          if (const Failure failure = ReadPieces(view, offset, at, crc)) return {failure};
        }
        break;
      case Step::Kind::kSourceEnded:
        return {{Code::kFileShrank, step.failure.error, step.failure.syscall}};
      case Step::Kind::kFileFailed:
        return {SourceFailure(step.failure.error, step.failure.syscall)};
      case Step::Kind::kSocketFailed:
      case Step::Kind::kPeerClosed:
        link_.Broken(step.failure.error, step.failure.syscall);
    }
  }
  while (!technique->Settle(link_.fd())) link_.WaitErrorQueue();
  return {{}, crc.value()};
}

Failure RangeSender::ReadPieces(const SourceView& view, uint64_t from, uint64_t until, Crc32c& crc) {
  for (; from < until; from = std::min(from + kCheckPieceBytes, until)) {
    if (Failure failure = ReadPiece(view, from, std::min(kCheckPieceBytes, until - from), crc)) return failure;
  }
  return {};
}

Failure RangeSender::ReadPiece(const SourceView& view, uint64_t offset, uint64_t length, Crc32c& crc) {
  if (piece_.empty()) piece_.resize(kCheckPieceBytes);
  while (length > 0) {
    const ssize_t got = link_.calls().Pread(view.fd, piece_.data(), length, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SourceFailure(errno, "pread64");
    if (got == 0) return {Code::kFileShrank, 0, "pread64"};
    crc.Update(piece_.data(), static_cast<size_t>(got));
    Counters::Add(session_.counters().checkBytes, static_cast<uint64_t>(got));
    offset += static_cast<uint64_t>(got);
    length -= static_cast<uint64_t>(got);
  }
  return {};
}

Failure RangeSender::SendEntry(const SourceFile& file) {
  const Descriptor fd = entry_.Open(file);
  Failure failure;
  FileFacts facts;
  const uint64_t owedThen = frame_.owed() - file.size;
  if (fd == kNoDescriptor) {
    failure = SourceFailure(errno, "openat");
  } else {
    const SourceView view{fd, entry_.key(), file.offset + file.size};
    failure = SendBody(view, file.offset, file.size, false).failure;
    if (!failure && link_.calls().Facts(fd, &facts) != 0) failure = SourceFailure(errno, "statx");
    else if (!failure) failure.code = ChangeOf(file, facts);
    entry_.Done(file);
  }
  if (failure) frame_.PadUntil(owedThen);
  return failure;
}

bool RangeSender::Withdraw(bool hurried) {
  if (!technique_) return true;
  const auto sent = technique_->Withdraw(hurried);
  if (sent && *sent > 0) frame_.Moved(*sent);
  return sent.has_value();
}

}  // namespace penstock
