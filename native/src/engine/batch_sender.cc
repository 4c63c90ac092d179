#include "engine/batch_sender.h"

#include <cerrno>

#include "engine/crc32c.h"

namespace penstock {

std::vector<BatchSender::Failed> BatchSender::Gather(const std::vector<SourceFile>& files) {
  used_ = 0;
  entries_.clear();
  direct_.clear();
  nextDirect_ = 0;
  if (!session_.options().check && session_.wantedTechnique() == Technique::kSendfile) {
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
  UniqueFd fd(calls.OpenSource(file.path));
  if (!fd.valid()) return {file.index, CodeForSourceErrno(errno), errno};
  uint64_t got = 0;
  int error = 0;
  while (got < file.size && error == 0) {
    const ssize_t n = calls.Pread(fd.get(), buffer_.get() + used_ + got, file.size - got, got);
    if (n == 0) break;
    if (n > 0) got += static_cast<uint64_t>(n);
    if (n < 0 && errno != EINTR) error = errno;
  }
  FileFacts facts;
  const bool known = calls.Facts(fd.get(), &facts) == 0;
  if (!known && error == 0) error = errno;
  calls.Close(fd.release());
  if (error != 0) return {file.index, CodeForSourceErrno(error), error};
  if (!facts.regular) return {file.index, Code::kNotReadable, 0};
  if (got < file.size || facts.size < file.size) return {file.index, Code::kFileShrank, 0};
  if (facts.size != file.size || facts.mtimeNs != file.mtimeNs) return {file.index, Code::kFileChanged, 0};
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
  Counters::Add(session_.counters().bytes, used_);
  return {};
}

std::vector<BatchSender::Failed> BatchSender::SendDirect() {
  std::vector<Failed> failed;
  link_.Write(head_.data(), head_.size(), true);
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
