// The frames of a receiver's report: which entries were delivered, which were not, and which were delivered with a change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/frame.h"

namespace penstock {

/** Entries that follow each other and have the same outcome. Codes and errno values are those of the wire. */
struct EntryRun {
  uint32_t first = 0;
  uint32_t count = 0;
  /** DELIVERED: 0. NOT_DELIVERED: a Code. NOTED: a NoteCode. */
  uint32_t code = 0;
  uint32_t error = 0;
};

/** What is not as it was sent although the entry was delivered. */
enum class NoteCode : uint32_t {
  /** A change for which this version has no code. */
  kChanged = 0,
  kTimeClamped = 1,
  kTimeNotKept = 2,
  kModeNotKept = 3,
  kNameChanged = 4,
};
constexpr uint32_t kNoteCodes = 5;

/** Name of a note, e.g. "time-clamped". */
const char* NoteName(NoteCode code);
std::optional<NoteCode> NoteFromName(std::string_view name);
/** A note from the wire; `changed` for a value that this version does not have. */
NoteCode NoteFromWire(uint32_t value);

/** A frame of at most kMaxEntryRuns runs. */
std::vector<uint8_t> RunsFrame(FrameType type, const EntryRun* runs, size_t count);
/** The runs of a body; nothing where one is empty, goes beyond the last index, or has a code that its frame cannot have. */
std::optional<std::vector<EntryRun>> DecodeRuns(const Header& header, const uint8_t* body);

/** The body of DONE: delivered entries by type, entries that were not delivered, and notes. */
struct DoneCounts {
  uint32_t files = 0;
  uint32_t directories = 0;
  uint32_t symlinks = 0;
  uint32_t notDelivered = 0;
  /** Notes of delivered entries; an entry may have several. */
  uint32_t notes = 0;
};
inline bool operator==(const DoneCounts& left, const DoneCounts& right) {
  return left.files == right.files && left.directories == right.directories && left.symlinks == right.symlinks &&
         left.notDelivered == right.notDelivered && left.notes == right.notes;
}

SmallFrame DoneFrame(const DoneCounts& counts);
DoneCounts DecodeDone(const uint8_t* body);

}  // namespace penstock
