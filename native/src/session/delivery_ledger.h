// The entries of a transfer, and what the receiver reports about each of them.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "base/entry_type.h"
#include "errors/failure.h"
#include "system/kept.h"
#include "wire/delivery.h"

namespace penstock {

/** An entry, as JavaScript names those that are no files. */
struct OtherEntry {
  uint32_t index = 0;
  EntryType type = EntryType::kDirectory;
};

/** A delivered entry that has a change. */
struct EntryNote {
  uint32_t index = 0;
  NoteCode code = NoteCode::kChanged;
  /** The errno value of the call that failed, or 0. */
  int error = 0;
};

/** The notes about an entry of which this was kept. */
std::vector<EntryNote> NotesOf(uint32_t index, const Kept& kept);

/** All that a receiver reports. */
struct DeliveryReport {
  std::vector<EntryRun> delivered;
  std::vector<EntryRun> notDelivered;
  std::vector<EntryRun> notes;
  DoneCounts done;
};

/** Thread-safe. */
class DeliveryLedger {
 public:
  void Add(uint32_t index, EntryType type);
  /** No more entries follow. Throws std::invalid_argument for an index that was added twice. */
  void Close();

  /** A sender's: the receiver reports an entry. Nothing where the entry is unknown or was reported before. */
  std::optional<EntryType> Report(uint32_t index, bool delivered);
  /** False for an entry that was not reported as delivered, and for a note that came before. */
  bool Note(uint32_t index, uint32_t code);
  /** Whether each entry was reported, and these are the counts. */
  bool Agrees(const DoneCounts& counts) const;

  /** A receiver's: delivered are all entries but the failed ones. Notes of entries that failed are left out. */
  DeliveryReport MakeReport(const std::vector<Failure>& failures, std::vector<EntryNote> notes) const;

 private:
  struct Entry {
    uint32_t index = 0;
    EntryType type = EntryType::kFile;
    enum class State : uint8_t { kPending, kDelivered, kNotDelivered } state = State::kPending;
    // A bit for each NoteCode.
    uint8_t notes = 0;
  };
  static_assert(kNoteCodes <= 8);

  Entry* Find(uint32_t index);

  mutable std::mutex mutex_;
  // All below need the lock. By rising index once closed.
  std::vector<Entry> entries_;
  DoneCounts counts_;
};

}  // namespace penstock
