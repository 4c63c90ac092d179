#include "send/send_queue.h"

#include <algorithm>
#include <stdexcept>

namespace penstock {

void SendQueue::Add(std::vector<SourceFile> files) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (SourceFile& file : files) {
    const auto position = static_cast<uint32_t>(entries_.size());
    if (!positionOf_.emplace(file.index, position).second) throw std::invalid_argument("index given twice");
    entries_.push_back(Entry{std::move(file), State::kWaiting});
  }
}

void SendQueue::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

std::shared_ptr<ActiveSource> SendQueue::Activate(uint32_t position) {
  Entry& entry = entries_[position];
  auto source = std::make_shared<ActiveSource>();
  source->position = position;
  source->index = entry.file.index;
  source->key = ++lastKey_;
  source->size = entry.file.size;
  source->mtimeNs = entry.file.mtimeNs;
  source->path = entry.file.path;
  source->slice = entry.file.slice;
  source->base = entry.file.offset;
  source->left = entry.file.size;
  return source;
}

Job SendQueue::Next() {
  std::lock_guard<std::mutex> lock(mutex_);
  Job job;
  if (current_ && (cursor_ >= current_->size || current_->failed)) current_.reset();
  if (!current_) {
    if (next_ == entries_.size()) {
      job.kind = closed_ ? Job::Kind::kNoMore : Job::Kind::kNothingYet;
      return job;
    }
    const auto small = [this](uint32_t at) {
      return at < entries_.size() && entries_[at].file.size <= kSmallFileBytes;
    };
    if (small(next_) && small(next_ + 1)) {
      uint64_t body = 0;
      while (small(next_) && job.batch.size() < kMaxBatchEntries) {
        const uint64_t with = body + entries_[next_].file.size + kBatchEntryBytes;
        if (with > kMaxBatchBody) break;
        body = with;
        entries_[next_].state = State::kActive;
        job.batch.push_back(entries_[next_].file);
        ++next_;
      }
      job.kind = Job::Kind::kBatch;
      return job;
    }
    current_ = Activate(next_);
    entries_[next_].state = State::kActive;
    ++next_;
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
  const auto found = positionOf_.find(index);
  if (found == positionOf_.end()) return nullptr;
  const Entry& entry = entries_[found->second];
  if (entry.state == State::kWaiting || entry.state == State::kDelivered) return nullptr;
  if (offset >= entry.file.size || length != std::min(kRangeBytes, entry.file.size - offset)) return nullptr;
  auto job = std::make_unique<RangeJob>();
  job->retry = true;
  job->offset = offset;
  job->length = length;
  job->source = Activate(found->second);
  job->source->again = true;
  job->source->wantsFileEnd = entry.state == State::kSentInBatch;
  job->source->failed = entry.state == State::kFailed;
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
  Entry& entry = entries_[positionOf_.at(index)];
  if (entry.state != State::kFailed) entry.state = inBatch ? State::kSentInBatch : State::kSent;
}

bool SendQueue::Settle(uint32_t index, State state) {
  const auto found = positionOf_.find(index);
  if (found == positionOf_.end()) return false;
  Entry& entry = entries_[found->second];
  if (entry.state == State::kFailed || entry.state == State::kDelivered) return false;
  if (state == State::kDelivered && entry.state != State::kSent && entry.state != State::kSentInBatch) return false;
  entry.state = state;
  std::string().swap(entry.file.path.path);
  ++settled_;
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
  return closed_ && settled_ == entries_.size();
}

}  // namespace penstock
