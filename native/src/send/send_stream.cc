#include "send/send_stream.h"

#include <cerrno>

namespace penstock {

SendStream::SendStream(UniqueSocket socket, StreamKind kind, const std::optional<StreamKeys>& keys,
                       SendSession& session, Wake& wake)
    : session_(session),
      kind_(kind),
      usage_(session.counters()),
      link_(std::move(socket), session, wake, usage_),
      ranges_(session, link_, frame_),
      batches_(session, link_, frame_, ranges_),
      inbox_(link_, From::kReceiver, kind),
      control_(session, link_, frame_) {
  if (keys) link_.Protect(*keys, session.options().transport);
  session.NoteTransport(link_.transport().kind());
  link_.OnReadable([this] { ReadInbound(); });
  if (kind == StreamKind::kBody) link_.OnBroken([this] { ReadPendingError(); });
}

void SendStream::Run() {
  try {
    SendEverything();
    if (kind_ == StreamKind::kBody) AwaitDone();
    else EndStream();
  } catch (const StreamStop& stop) {
    if (kind_ == StreamKind::kContent && stop.end.failure.code == Code::kPeerGone) session_.StreamBroke(stop);
    else session_.End(stop.end);
    Farewell(stop.end);
  } catch (const SessionStopping&) {
    if (const auto end = session_.end()) Farewell(*end);
  }
}

void SendStream::SendEverything() {
  for (;;) {
    link_.CheckStopping();
    ReadInbound();
    if (!retries_.empty()) {
      const auto job = std::move(retries_.front());
      retries_.pop_front();
      SendRange(*job);
      continue;
    }
    Job job = NextJob();
    if (job.kind == Job::Kind::kRange) {
      SendRange(job.range);
    } else if (job.kind == Job::Kind::kBatch) {
      SendBatch(job.batch);
    } else if (job.kind == Job::Kind::kNoMore && unverified_.empty()) {
      return;
    } else {
      // Nothing to send now: data that Nagle's algorithm holds is sent, and KEEPALIVE follows.
      link_.SetNoDelay(true);
      link_.SetKeepalive(&frame_);
      if (link_.WaitReadableOrWake(true, unverified_.empty() ? Waiting::kIdle : Waiting::kWindow)) ReadInbound();
      link_.SetKeepalive(nullptr);
    }
  }
}

// Where the records are spent: other streams send the rest, and the last one that could must not leave any.
Job SendStream::NextJob() {
  if (!HasSpentRecords()) return session_.queue().Next();
  if (!othersSend_) othersSend_ = session_.NoteSpent();
  Job job;
  job.kind = Job::Kind::kNoMore;
  if (!*othersSend_) job = session_.queue().Next();
  if (job.kind == Job::Kind::kRange || job.kind == Job::Kind::kBatch) FailStream(Code::kRecordsSpent);
  return job;
}

void SendStream::AwaitWindow(uint64_t bodyBytes) {
  while (unverified_.size() >= kWindowUnits || windowUsed_ + bodyBytes > kWindowBytes) {
    if (link_.WaitReadableOrWake(true, Waiting::kWindow)) ReadInbound();
  }
}

// Before its first byte is sent: the reply may arrive while the last ones are written.
void SendStream::BeginUnit(Unit unit) {
  link_.SetNoDelay(false);
  windowUsed_ += unit.bodyBytes;
  unverified_.push_back(std::move(unit));
}

void SendStream::SendRange(RangeJob& job) {
  ActiveSource& source = *job.source;
  if (source.failed) return;
  if (const Failure failure = ranges_.Open(source)) return FailFile(source, failure);
  if (job.length == 0) return SendFileEnd(source);
  if (!job.retry) {
    const uint64_t hole = ranges_.HoleEnd(source, job.offset);
    if (hole >= job.offset + job.length) return SendHole(job, hole);
  }
  AwaitWindow(job.length);
  if (source.failed) return;
  BeginUnit(Unit{Unit::Kind::kRange, source.index, job.offset, job.length, job.length, job.length, 0});
  const auto sent = ranges_.Send(job);
  const bool check = session_.options().check;
  // A range that is sent again follows FILE_END: it must still be of the same file.
  const Failure failure = !sent.failure && job.retry ? ranges_.Unchanged(source) : sent.failure;
  if (failure) {
    // In the place of CHECK, also if another stream has failed the file.
    source.failed = true;
    session_.FailFile(failure.of(source.index));
    frame_.Send(CodeFrame(FrameType::kFileFailed, source.index, failure.code, failure.error));
  } else if (check) {
    frame_.Send(CheckFrame(source.index, job.offset, job.length, sent.crc), !job.retry && source.left > job.length);
  }
  usage_.Fold();
  if (job.retry) {
    if (!failure && source.wantsFileEnd) SendFileEnd(source);
    return;
  }
  FinishRange(job, job.length);
}

void SendStream::SendHole(RangeJob& job, uint64_t until) {
  ActiveSource& source = *job.source;
  const uint64_t end = session_.queue().ClaimHole(job.source, job.offset + job.length, until);
  const uint64_t length = end - job.offset;
  AwaitWindow(8);
  BeginUnit(Unit{Unit::Kind::kHole, source.index, job.offset, length, 8, length, 0});
  frame_.Send(LengthFrame(FrameType::kHole, 0, source.index, job.offset, length), true);
  Counters::Add(session_.counters().bytes, length);
  Counters::Add(session_.counters().holeBytes, length);
  FinishRange(job, length);
}

void SendStream::FinishRange(const RangeJob& job, uint64_t length) {
  ActiveSource& source = *job.source;
  if (source.left.fetch_sub(length) != length || source.failed) return;
  SendFileEnd(source);
}

void SendStream::SendFileEnd(ActiveSource& source) {
  if (const Failure failure = ranges_.Unchanged(source)) return FailFile(source, failure);
  session_.queue().MarkSent(source.index, false);
  if (!source.again) Counters::Add(session_.counters().filesDone, 1);
  frame_.Send(FileEndFrame(source.index, source.size, source.mtimeNs));
  link_.calls().Close(source.fd.release());
}

void SendStream::FailFile(ActiveSource& source, const Failure& failure) {
  source.failed = true;
  if (!session_.FailFile(failure.of(source.index))) return;
  frame_.Send(CodeFrame(FrameType::kFileFailed, source.index, failure.code, failure.error));
}

void SendStream::SendBatch(std::vector<SourceFile>& files) {
  const auto failed = batches_.Gather(files);
  for (const Failure& one : failed) {
    if (!session_.FailFile(one)) continue;
    frame_.Send(CodeFrame(FrameType::kFileFailed, one.index, one.code, one.error), true);
  }
  if (batches_.count() == 0) return;
  AwaitWindow(batches_.bodyBytes());
  for (const BatchEntry& entry : batches_.entries()) session_.queue().MarkSent(entry.file, true);
  Unit unit{Unit::Kind::kBatch,      batches_.firstFile(), 0, batches_.bodyBytes(), batches_.bodyBytes(),
            batches_.contentBytes(), batches_.count()};
  for (const BatchEntry& entry : batches_.entries()) unit.entries.push_back(entry.file);
  BeginUnit(std::move(unit));
  const auto late = batches_.Send();
  for (const Failure& one : late) {
    if (!session_.FailFile(one)) continue;
    frame_.Send(CodeFrame(FrameType::kFileFailed, one.index, one.code, one.error), true);
  }
  // The receiver's VERIFIED counts the whole batch.
  if (!unverified_.empty() && unverified_.back().kind == Unit::Kind::kBatch) unverified_.back().files -= late.size();
  else Counters::Take(session_.counters().filesDone, late.size());
  usage_.Fold();
}

void SendStream::EndStream() {
  link_.SetNoDelay(true);
  frame_.Send(EmptyFrame(FrameType::kStreamEnd));
  usage_.Fold();
  session_.NoteStreamEnd();
  try {
    link_.BeginFarewell(kFarewellLimit, kFarewellInAll);
    link_.Linger();
  } catch (const StreamStop&) {
    // All that was sent is verified: how the connection ends does not matter.
  } catch (const SessionStopping&) {
  }
}

void SendStream::AwaitDone() {
  control_.SendEnd();
  while (!control_.done()) {
    if (link_.WaitReadableOrWake(true, Waiting::kCommit)) ReadInbound();
  }
  usage_.Fold();
}

void SendStream::Farewell(const SessionEnd& end) {
  usage_.Fold();
  const bool hurried = session_.hurried();
  if (kind_ == StreamKind::kContent) {
    ranges_.Withdraw(hurried);
    return;
  }
  if (end.kind == SessionEnd::Kind::kPeerError || end.kind == SessionEnd::Kind::kDone || control_.done()) return;
  try {
    link_.BeginFarewell(hurried ? Clock::duration::zero() : kFarewellLimit,
                        hurried ? Clock::duration::zero() : kFarewellInAll);
    link_.SetNoDelay(true);
    // What arrives after a record that is not authentic would fail again while CANCEL is sent.
    if (end.failure.code == Code::kCheckFailed) link_.OnReadable({});
    if (ranges_.Withdraw(hurried)) control_.Cancel(end, [this] { ReadInbound(); });
  } catch (const StreamStop&) {
    // CANCEL cannot be sent: the receiver sees the connection end.
  } catch (const SessionStopping&) {
  }
}

}  // namespace penstock
