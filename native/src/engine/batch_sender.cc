#include "engine/batch_sender.h"

#include <cerrno>

#include "engine/crc32c.h"

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
  nextDirect_ = 0;
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
  head_.resize(kHeaderBytes + entries_.size() * kBatchEntryBytes);
  EncodeHeader(Header{FrameType::kBatch, 0, static_cast<uint32_t>(entries_.size()), 0, bodyBytes()}, head_.data());
  uint8_t* at = head_.data() + kHeaderBytes;
  for (const BatchEntry& entry : entries_) {
    EncodeBatchEntry(entry, at);
    at += kBatchEntryBytes;
  }
  if (!direct_.empty()) return SendDirect();
  parts_[0] = {head_.data(), head_.size()};
  parts_[1] = {buffer_.get(), used_};
  link_.WriteParts(parts_, 2);
  session_.counters().Moved(Technique::kReadWrite, used_);
  return {};
}

std::vector<BatchSender::Failed> BatchSender::SendDirect() {
  std::vector<Failed> failed;
  link_.Write(head_.data(), head_.size(), true);
  if (gathers_) {
    session_.NoteUsed(Technique::kGather);
    for (const GatherBatch::Failed& one : gather_->Send(direct_)) failed.push_back({one.index, one.code, one.error});
    direct_.clear();
    return failed;
  }
  for (; nextDirect_ < direct_.size(); ++nextDirect_) {
    const SourceFile& file = direct_[nextDirect_];
    const auto sent = ranges_.SendEntry(file);
    if (!sent.whole) failed.push_back({file.index, sent.code, sent.error});
  }
  direct_.clear();
  return failed;
}

void BatchSender::Complete() {
  link_.WriteParts(parts_, 2);
  if (gathers_ && !direct_.empty()) {
    for (const uint32_t index : gather_->Complete()) {
      link_.Write(CodeFrame(FrameType::kFileFailed, index, Code::kCancelled, 0), true);
    }
    return;
  }
  if (direct_.empty() || nextDirect_ == direct_.size()) return;
  // The entry that was cut is padded by RangeSender; those after it are all zeros, and none of them is the
  // file.
  ranges_.PadOpenFrame();
  for (size_t i = nextDirect_ + 1; i < direct_.size(); ++i) ranges_.Pad(direct_[i].size);
  for (size_t i = nextDirect_; i < direct_.size(); ++i) {
    link_.Write(CodeFrame(FrameType::kFileFailed, direct_[i].index, Code::kCancelled, 0), true);
  }
}

}  // namespace penstock
