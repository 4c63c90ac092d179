#include "session/delivery_ledger.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

namespace penstock {
namespace {

uint32_t& CountOf(DoneCounts& counts, EntryType type) {
  switch (type) {
    case EntryType::kFile:
      return counts.files;
    case EntryType::kDirectory:
      return counts.directories;
    case EntryType::kSymlink:
      return counts.symlinks;
  }
  return counts.notDelivered;
}

uint64_t SizeOf(const DoneCounts& counts) {
  return uint64_t{counts.files} + counts.directories + counts.symlinks + counts.notDelivered;
}

/** Extends the last run, or begins another. */
void Append(std::vector<EntryRun>& runs, uint32_t index, uint32_t code, uint32_t error) {
  if (!runs.empty()) {
    EntryRun& last = runs.back();
    if (last.first + last.count == index && last.code == code && last.error == error) {
      last.count += 1;
      return;
    }
  }
  runs.push_back({index, 1, code, error});
}

}  // namespace

std::vector<EntryNote> NotesOf(uint32_t index, const Kept& kept) {
  std::vector<EntryNote> notes;
  if (kept.otherMode) notes.push_back({index, NoteCode::kModeNotKept, kept.modeError});
  if (kept.time == Kept::Time::kClamped) notes.push_back({index, NoteCode::kTimeClamped, 0});
  if (kept.time == Kept::Time::kOther) notes.push_back({index, NoteCode::kTimeNotKept, kept.timeError});
  return notes;
}

void DeliveryLedger::Add(uint32_t index, EntryType type) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry entry;
  entry.index = index;
  entry.type = type;
  entries_.push_back(entry);
}

void DeliveryLedger::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto before = [](const Entry& left, const Entry& right) { return left.index < right.index; };
  if (!std::is_sorted(entries_.begin(), entries_.end(), before)) std::sort(entries_.begin(), entries_.end(), before);
  const auto same = [](const Entry& left, const Entry& right) { return left.index == right.index; };
  if (std::adjacent_find(entries_.begin(), entries_.end(), same) != entries_.end()) {
    throw std::invalid_argument("index given twice");
  }
}

DeliveryLedger::Entry* DeliveryLedger::Find(uint32_t index) {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), index,
                                      [](const Entry& entry, uint32_t value) { return entry.index < value; });
  return found != entries_.end() && found->index == index ? &*found : nullptr;
}

std::optional<EntryType> DeliveryLedger::Report(uint32_t index, bool delivered) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* entry = Find(index);
  if (entry == nullptr || entry->state != Entry::State::kPending) return std::nullopt;
  entry->state = delivered ? Entry::State::kDelivered : Entry::State::kNotDelivered;
  ++(delivered ? CountOf(counts_, entry->type) : counts_.notDelivered);
  return entry->type;
}

bool DeliveryLedger::Note(uint32_t index, uint32_t code) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* entry = Find(index);
  const auto bit = static_cast<uint8_t>(1u << static_cast<uint32_t>(NoteFromWire(code)));
  if (entry == nullptr || entry->state != Entry::State::kDelivered || (entry->notes & bit) != 0) return false;
  ++counts_.notes;
  entry->notes |= bit;
  return true;
}

bool DeliveryLedger::Agrees(const DoneCounts& counts) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return counts == counts_ && SizeOf(counts_) == entries_.size();
}

DeliveryReport DeliveryLedger::MakeReport(const std::vector<Failure>& failures, std::vector<EntryNote> notes) const {
  std::unordered_map<uint32_t, const Failure*> reasons;
  for (const Failure& failure : failures) reasons.emplace(failure.index, &failure);
  const auto key = [](const EntryNote& note) { return std::tuple(note.code, note.index); };
  std::sort(notes.begin(), notes.end(),
            [&key](const EntryNote& left, const EntryNote& right) { return key(left) < key(right); });

  std::lock_guard<std::mutex> lock(mutex_);
  DeliveryReport report;
  for (const Entry& entry : entries_) {
    const auto found = reasons.find(entry.index);
    if (found == reasons.end()) {
      Append(report.delivered, entry.index, 0, 0);
      ++CountOf(report.done, entry.type);
    } else {
      const Code code = found->second->code == Code::kNone ? Code::kInternal : found->second->code;
      Append(report.notDelivered, entry.index, CodeToWire(code), ErrnoToWire(found->second->error));
      ++report.done.notDelivered;
    }
  }
  const EntryNote* before = nullptr;
  for (const EntryNote& note : notes) {
    const bool repeated = before != nullptr && key(*before) == key(note);
    if (repeated || reasons.count(note.index) != 0) continue;
    before = &note;
    Append(report.notes, note.index, static_cast<uint32_t>(note.code), ErrnoToWire(note.error));
    ++report.done.notes;
  }
  return report;
}

}  // namespace penstock
