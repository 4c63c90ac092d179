#include "send/content/batch_sender.h"

#include <cerrno>

#include "wire/crc32c/crc32c.h"

namespace penstock {
namespace {

/** Whether the technique sends small files, one by one or gathered; others share one buffer for many. */
bool MovesByItself(Technique technique) {
  return technique == Technique::kSendfile || technique == Technique::kSplice || technique == Technique::kMmap ||
         technique == Technique::kGather;
}

}  // namespace

std::vector<Failure> BatchSender::Gather(const std::vector<SourceFile>& files) {
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
  content_.Begin();
  if (!buffer_) buffer_.reset(new uint8_t[kMaxBatchBody]);
  std::vector<Failure> failed;
  for (const SourceFile& file : files) {
    link_.CheckStopping();
    if (const Failure failure = ReadOne(file)) failed.push_back(failure.of(file.index));
  }
  return failed;
}

Failure BatchSender::ReadOne(const SourceFile& file) {
  Calls& calls = link_.calls();
  const Descriptor fd = entry_.Open(file);
  if (fd == kNoDescriptor) return SourceFailure(errno, "openat");
  uint64_t got = 0;
  int error = 0;
  while (got < file.size && error == 0) {
    const ssize_t n = content_.Read(fd, buffer_.get() + used_ + got, file.size - got, file.offset + got);
    if (n == 0) break;
    if (n > 0) got += static_cast<uint64_t>(n);
    if (n < 0 && errno != EINTR) error = errno;
  }
  FileFacts facts;
  const bool known = calls.Facts(fd, &facts) == 0;
  if (!known && error == 0) error = errno;
  entry_.Done(file);
  if (error != 0) return SourceFailure(error, "pread64");
  const Code change = got < file.size ? Code::kFileShrank : ChangeOf(file, facts);
  if (change != Code::kNone) return {change};
  Crc32c crc;
  if (session_.options().check) crc.Update(buffer_.get() + used_, file.size);
  entries_.push_back(BatchEntry{file.index, static_cast<uint32_t>(file.size), crc.value()});
  used_ += file.size;
  Counters::Add(session_.counters().userCopyBytes, file.size);
  return {};
}

std::vector<Failure> BatchSender::Send() {
  if (!direct_.empty()) return SendDirect();
  frame_.SendBatch(entries_, buffer_.get());
  const bool sealed = link_.transport().kind() == TransportKind::kSealed;
  session_.counters().Moved(sealed ? Technique::kSeal : Technique::kReadWrite, used_);
  return {};
}

std::vector<Failure> BatchSender::SendDirect() {
  std::vector<Failure> failed;
  frame_.BeginBatch(entries_);
  if (gathers_) {
    session_.NoteUsed(Technique::kGather);
    return gather_->Send(direct_);
  }
  for (const SourceFile& file : direct_) {
    if (const Failure failure = ranges_.SendEntry(file)) failed.push_back(failure.of(file.index));
  }
  return failed;
}

}  // namespace penstock
