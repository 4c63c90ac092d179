#include "send/send_queue.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace penstock {

void SendQueue::Add(std::shared_ptr<const Manifest> manifest, const std::vector<uint32_t>& without) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (manifest_) throw std::invalid_argument("manifest given twice");
  manifest_ = std::move(manifest);
  TakeEntries();
  for (const uint32_t index : without) {
    if (index >= states_.size() || states_[index] != State::kWaiting) continue;
    states_[index] = State::kNone;
    --unsettled_;
  }
}

void SendQueue::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  TakeEntries();
  closed_ = true;
}

void SendQueue::TakeEntries() {
  if (!manifest_) return;
  const uint32_t size = manifest_->size();
  states_.reserve(size);
  while (states_.size() < size) {
    const bool isFile = (*manifest_)[static_cast<uint32_t>(states_.size())].type == EntryType::kFile;
    states_.push_back(isFile ? State::kWaiting : State::kNone);
    if (isFile) ++unsettled_;
  }
}

uint32_t SendQueue::NextFile(uint32_t index) const {
  while (index < states_.size() && states_[index] != State::kWaiting) ++index;
  return index;
}

bool SendQueue::IsSmall(uint32_t index) const {
  return index < states_.size() && (*manifest_)[index].size <= kSmallFileBytes;
}

SourceFile SendQueue::FileAt(uint32_t index) const {
  SourceFile file;
  file.index = index;
  file.path = manifest_->SourceOf(index);
  file.size = (*manifest_)[index].size;
  file.mtimeNs = NanosecondsOf((*manifest_)[index]);
  file.slice = manifest_->sliced();
  file.offset = manifest_->SliceOffset(index);
  return file;
}

std::shared_ptr<ActiveSource> SendQueue::Activate(uint32_t index) {
  SourceFile file = FileAt(index);
  auto source = std::make_shared<ActiveSource>();
  source->index = index;
  source->key = ++lastKey_;
  source->size = file.size;
  source->mtimeNs = file.mtimeNs;
  source->path = std::move(file.path);
  source->slice = file.slice;
  source->base = file.offset;
  source->left = file.size;
  return source;
}

void SendQueue::TakeBatch(Job* job) {
  uint64_t body = 0;
  while (IsSmall(next_) && job->batch.size() < kMaxBatchEntries) {
    const uint64_t with = body + (*manifest_)[next_].size + kBatchEntryBytes;
    if (with > kMaxBatchBody) break;
    body = with;
    states_[next_] = State::kActive;
    job->batch.push_back(FileAt(next_));
    next_ = NextFile(next_ + 1);
  }
  job->kind = Job::Kind::kBatch;
}

Job SendQueue::Next() {
  std::lock_guard<std::mutex> lock(mutex_);
  Job job;
  if (current_ && (cursor_ >= current_->size || current_->failed)) current_.reset();
  if (!current_) {
    if (!closed_) TakeEntries();
    next_ = NextFile(next_);
    if (next_ == states_.size()) {
      job.kind = closed_ ? Job::Kind::kNoMore : Job::Kind::kNothingYet;
      return job;
    }
    if (IsSmall(next_) && IsSmall(NextFile(next_ + 1))) {
      TakeBatch(&job);
      return job;
    }
    current_ = Activate(next_);
    states_[next_] = State::kActive;
    cursor_ = 0;
  }
  job.kind = Job::Kind::kRange;
  job.range.source = current_;
  job.range.offset = cursor_;
  job.range.length = std::min(kRangeBytes, current_->size - cursor_);
  cursor_ += job.range.length;
  return job;
}

std::unique_ptr<RangeJob> SendQueue::Again(uint32_t index, uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (index >= states_.size()) return nullptr;
  const State state = states_[index];
  if (state == State::kNone || state == State::kWaiting || state == State::kDelivered) return nullptr;
  const uint64_t size = (*manifest_)[index].size;
  if (offset >= size || length != std::min(kRangeBytes, size - offset)) return nullptr;
  auto job = std::make_unique<RangeJob>();
  job->retry = true;
  job->offset = offset;
  job->length = length;
  job->source = Activate(index);
  job->source->again = true;
  job->source->wantsFileEnd = state == State::kSentInBatch;
  job->source->failed = state == State::kFailed;
  return job;
}

uint64_t SendQueue::ClaimHole(const std::shared_ptr<ActiveSource>& source, uint64_t end, uint64_t wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (current_ != source || cursor_ != end) return end;
  const uint64_t whole = wanted >= source->size ? source->size : wanted - wanted % kRangeBytes;
  if (whole > cursor_) cursor_ = whole;
  return cursor_;
}

void SendQueue::MarkSent(uint32_t index, bool inBatch) {
  std::lock_guard<std::mutex> lock(mutex_);
  State& own = states_.at(index);
  if (own != State::kFailed) own = inBatch ? State::kSentInBatch : State::kSent;
}

bool SendQueue::Settle(uint32_t index, State state) {
  if (index >= states_.size()) return false;
  State& own = states_[index];
  if (own == State::kNone || own == State::kFailed || own == State::kDelivered) return false;
  if (state == State::kDelivered && own != State::kSent && own != State::kSentInBatch) return false;
  own = state;
  --unsettled_;
  return true;
}

bool SendQueue::MarkFailed(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  return Settle(index, State::kFailed);
}

bool SendQueue::MarkDelivered(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  return Settle(index, State::kDelivered);
}

void SendQueue::MarkNotDelivered(uint32_t index) { MarkFailed(index); }

void SendQueue::ReleaseFiles() {
  std::lock_guard<std::mutex> lock(mutex_);
  current_.reset();
}

bool SendQueue::Settled() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return closed_ && unsettled_ == 0;
}

}  // namespace penstock
