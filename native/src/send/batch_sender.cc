#include "send/batch_sender.h"

#include <cerrno>

#include "wire/crc32c.h"

namespace penstock {
namespace {

/** Whether small files go by the technique itself, file by file or gathered; the others share one buffer for many. */
bool MovesByItself(Technique technique) {
  switch (technique) {
    case Technique::kSendfile:
    case Technique::kSplice:
    case Technique::kMmap:
    case Technique::kGather:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<BatchSender::Failed> BatchSender::Gather(const std::vector<SourceFile>& files) {
  used_ = 0;
  entries_.clear();
  direct_.clear();
  gathers_ = false;
  if (!session_.options().check && MovesByItself(session_.wantedTechnique())) {
    gathers_ = session_.wantedTechnique() == Technique::kGather;
    direct_ = files;
    for (const SourceFile& file : files) {
      entries_.push_back(BatchEntry{file.index, static_cast<uint32_t>(file.size), 0});
      used_ += file.size;
    }
    return {};
  }
  if (!buffer_) buffer_.reset(new uint8_t[kMaxBatchBody]);
  std::vector<Failed> failed;
  for (const SourceFile& file : files) {
    link_.CheckStopping();
    const Failed result = ReadOne(file);
    if (result.code != Code::kNone) failed.push_back(result);
  }
  return failed;
}

BatchSender::Failed BatchSender::ReadOne(const SourceFile& file) {
  Calls& calls = link_.calls();
  const Descriptor fd = entry_.Open(file);
  if (fd == kNoDescriptor) return {file.index, CodeForSourceErrno(errno), errno};
  uint64_t got = 0;
  int error = 0;
  while (got < file.size && error == 0) {
    const ssize_t n = calls.Pread(fd, buffer_.get() + used_ + got, file.size - got, file.offset + got);
    if (n == 0) break;
    if (n > 0) got += static_cast<uint64_t>(n);
    if (n < 0 && errno != EINTR) error = errno;
  }
  FileFacts facts;
  const bool known = calls.Facts(fd, &facts) == 0;
  if (!known && error == 0) error = errno;
  entry_.Done(file);
  if (error != 0) return {file.index, CodeForSourceErrno(error), error};
  const Code change = got < file.size ? Code::kFileShrank : ChangeOf(file, facts);
  if (change != Code::kNone) return {file.index, change, 0};
  Crc32c crc;
  if (session_.options().check) crc.Update(buffer_.get() + used_, file.size);
  entries_.push_back(BatchEntry{file.index, static_cast<uint32_t>(file.size), crc.value()});
  used_ += file.size;
  Counters::Add(session_.counters().userCopyBytes, file.size);
  return {file.index, Code::kNone, 0};
}

std::vector<BatchSender::Failed> BatchSender::Send() {
  if (!direct_.empty()) return SendDirect();
  frame_.SendBatch(entries_, buffer_.get());
  session_.counters().Moved(Technique::kReadWrite, used_);
  return {};
}

std::vector<BatchSender::Failed> BatchSender::SendDirect() {
  std::vector<Failed> failed;
  frame_.BeginBatch(entries_);
  if (gathers_) {
    session_.NoteUsed(Technique::kGather);
    for (const GatherBatch::Failed& one : gather_->Send(direct_)) failed.push_back({one.index, one.code, one.error});
    return failed;
  }
  for (const SourceFile& file : direct_) {
    const auto sent = ranges_.SendEntry(file);
    if (!sent.whole) failed.push_back({file.index, sent.code, sent.error});
  }
  return failed;
}

}  // namespace penstock
