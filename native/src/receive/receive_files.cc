#include "receive/receive_files.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace penstock {
namespace {

// Gaps between the ranges of one file that are kept: several streams leave a few, not thousands.
constexpr size_t kMaxRuns = 1024;
// Content of a failed file that may still arrive: two windows for each of 16 streams.
constexpr uint64_t kDiscardPerFailure = 2 * 16 * kWindowBytes;

bool Overlaps(const std::map<uint64_t, uint64_t>& runs, uint64_t start, uint64_t end) {
  const auto next = runs.lower_bound(start);
  if (next != runs.end() && next->first < end) return true;
  return next != runs.begin() && std::prev(next)->second > start;
}

void Insert(std::map<uint64_t, uint64_t>& runs, uint64_t start, uint64_t end) {
  auto next = runs.lower_bound(start);
  if (next != runs.end() && next->first == end) {
    end = next->second;
    next = runs.erase(next);
  }
  if (next != runs.begin() && std::prev(next)->second == start) {
    std::prev(next)->second = end;
  } else {
    runs.emplace(start, end);
  }
}

// The range lies within one run.
void Remove(std::map<uint64_t, uint64_t>& runs, uint64_t start, uint64_t end) {
  const auto run = std::prev(runs.upper_bound(start));
  const auto [from, until] = *run;
  runs.erase(run);
  if (from < start) runs.emplace(from, start);
  if (end < until) runs.emplace(end, until);
}

}  // namespace

void ReceiveFiles::Add(const std::vector<ExpectedFile>& files) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const ExpectedFile& file : files) {
    if (!entries_.empty() && file.index <= entries_.back().index) throw std::invalid_argument("indexes must rise");
    entries_.push_back(Entry{file.size, file.index, State::kExpected});
    if (file.placement) places_.emplace(file.index, Place{*file.placement});
  }
}

void ReceiveFiles::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

bool ReceiveFiles::IsDecided(uint32_t index) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return closed_ || (!entries_.empty() && index <= entries_.back().index);
}

const ReceiveFiles::Entry* ReceiveFiles::Find(uint32_t index) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), index,
                                      [](const Entry& entry, uint32_t value) { return entry.index < value; });
  return found != entries_.end() && found->index == index ? &*found : nullptr;
}

ReceiveFiles::Entry* ReceiveFiles::Find(uint32_t index) {
  return const_cast<Entry*>(static_cast<const ReceiveFiles*>(this)->Find(index));
}

std::shared_ptr<StagedFile> ReceiveFiles::Activate(Entry& entry) {
  const auto found = active_.find(entry.index);
  if (found != active_.end()) return found->second;
  if (active_.size() >= kMaxOpenFiles) return nullptr;
  auto file = std::make_shared<StagedFile>();
  file->index = entry.index;
  file->size = entry.size;
  entry.state = State::kActive;
  active_.emplace(entry.index, file);
  return file;
}

ReceiveFiles::Claim ReceiveFiles::BeginRange(uint32_t index, uint64_t offset, uint64_t length, bool hole) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* entry = Find(index);
  if (entry == nullptr || offset >= entry->size || length == 0 || length > entry->size - offset) return {};
  // One DATA frame is one whole range. A hole is one or more, or reaches to the end.
  const bool toEnd = offset + length == entry->size;
  if (!toEnd && (hole ? length % kRangeBytes != 0 : length != kRangeBytes)) return {};
  if (entry->state == State::kFailed) {
    if (!hole) discarded_ += length;
    return {discarded_ <= discardable_ ? Verdict::kDiscard : Verdict::kViolation, nullptr};
  }
  if (entry->state != State::kExpected && entry->state != State::kActive) return {};
  const auto file = Activate(*entry);
  if (!file || Overlaps(file->claimed, offset, offset + length)) return {};
  if (hole && file->retries.count(offset) != 0) return {};
  Insert(file->claimed, offset, offset + length);
  if (file->claimed.size() > kMaxRuns) return {};
  return {Verdict::kTake, file};
}

bool ReceiveFiles::MakeWhole(StagedFile& file) {
  if (!file.fileEnd || file.received != file.size) return false;
  Entry* entry = Find(file.index);
  if (entry->state != State::kActive) return false;
  entry->state = State::kWhole;
  ++settled_;
  active_.erase(file.index);
  return true;
}

bool ReceiveFiles::RangeDone(StagedFile& file, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex_);
  file.received += length;
  return MakeWhole(file);
}

int ReceiveFiles::RangeBad(StagedFile& file, uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex_);
  Remove(file.claimed, offset, offset + length);
  return ++file.retries[offset];
}

ReceiveFiles::Claim ReceiveFiles::EndFile(uint32_t index, uint64_t size, bool* whole) {
  std::lock_guard<std::mutex> lock(mutex_);
  *whole = false;
  Entry* entry = Find(index);
  if (entry == nullptr || size != entry->size) return {};
  if (entry->state == State::kFailed) return {Verdict::kDiscard, nullptr};
  if (entry->state != State::kExpected && entry->state != State::kActive) return {};
  const auto file = Activate(*entry);
  if (!file || file->fileEnd) return {};
  file->fileEnd = true;
  *whole = MakeWhole(*file);
  return {Verdict::kTake, file};
}

ReceiveFiles::Fail ReceiveFiles::FailFile(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* entry = Find(index);
  if (entry == nullptr || entry->state == State::kWhole || entry->state == State::kBatching) return Fail::kViolation;
  if (entry->state == State::kFailed) return Fail::kRepeated;
  if (entry->state == State::kWholeInBatch) {
    entry->state = State::kFailed;
    return Fail::kTakesBack;
  }
  entry->state = State::kFailed;
  discardable_ += kDiscardPerFailure;
  ++settled_;
  active_.erase(index);
  return Fail::kFirst;
}

ReceiveFiles::Verdict ReceiveFiles::BeginWhole(uint32_t index, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* entry = Find(index);
  if (entry == nullptr || entry->state != State::kExpected || entry->size != length) return Verdict::kViolation;
  entry->state = State::kBatching;
  return Verdict::kTake;
}

void ReceiveFiles::WholeDone(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  Find(index)->state = State::kWholeInBatch;
  ++settled_;
}

void ReceiveFiles::WholeBad(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  Find(index)->state = State::kExpected;
}

void ReceiveFiles::MarkLost(const Failure& failure) {
  std::lock_guard<std::mutex> lock(mutex_);
  lost_.emplace(failure.index, failure);
}

bool ReceiveFiles::IsLost(uint32_t index) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return lost_.count(index) != 0;
}

std::optional<Placement> ReceiveFiles::PlacementOf(uint32_t index) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = places_.find(index);
  if (found == places_.end() || found->second.error != 0) return std::nullopt;
  return found->second.where;
}

void ReceiveFiles::MarkNamed(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  places_.at(index).named = true;
}

bool ReceiveFiles::IsNamed(uint32_t index) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = places_.find(index);
  return found != places_.end() && found->second.named;
}

void ReceiveFiles::Displace(uint32_t index, int error) {
  std::lock_guard<std::mutex> lock(mutex_);
  places_.at(index).error = error;
}

std::vector<Displaced> ReceiveFiles::AllDisplaced() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Displaced> displaced;
  for (const auto& [index, place] : places_) {
    if (place.error != 0) displaced.push_back({{Code::kNone, place.error, "", index}, place.named});
  }
  return displaced;
}

void ReceiveFiles::SetKept(uint32_t index, const Kept& kept) {
  std::lock_guard<std::mutex> lock(mutex_);
  kept_.erase(index);
  if (!NotesOf(index, kept).empty()) kept_.emplace(index, kept);
}

std::vector<EntryNote> ReceiveFiles::AllChanges() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<EntryNote> changes;
  for (const auto& [index, kept] : kept_) {
    if (places_.at(index).error != 0) continue;
    for (const EntryNote& note : NotesOf(index, kept)) changes.push_back(note);
  }
  return changes;
}

std::vector<std::shared_ptr<StagedFile>> ReceiveFiles::Open() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<StagedFile>> files;
  for (const auto& [index, file] : active_) files.push_back(file);
  return files;
}

void ReceiveFiles::ReleaseFiles() {
  std::lock_guard<std::mutex> lock(mutex_);
  active_.clear();
}

bool ReceiveFiles::Settled() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return closed_ && settled_ == entries_.size();
}

bool ReceiveFiles::IsClosed() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return closed_;
}

}  // namespace penstock
