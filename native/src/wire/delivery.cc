#include "wire/delivery.h"

#include <iterator>

namespace penstock {
namespace {

constexpr const char* kNoteNames[] = {"changed", "time-clamped", "time-not-kept", "mode-not-kept", "name-changed"};
static_assert(std::size(kNoteNames) == kNoteCodes);

bool IsLegal(FrameType type, const EntryRun& run) {
  if (run.count == 0 || uint64_t{run.first} + run.count > uint64_t{1} << 32) return false;
  if (type == FrameType::kDelivered) return run.code == 0 && run.error == 0;
  return type != FrameType::kNotDelivered || run.code != 0;
}

}  // namespace

const char* NoteName(NoteCode code) {
  return kNoteNames[static_cast<uint32_t>(NoteFromWire(static_cast<uint32_t>(code)))];
}

std::optional<NoteCode> NoteFromName(std::string_view name) {
  for (uint32_t value = 0; value < kNoteCodes; ++value) {
    if (name == kNoteNames[value]) return static_cast<NoteCode>(value);
  }
  return std::nullopt;
}

NoteCode NoteFromWire(uint32_t value) { return value < kNoteCodes ? static_cast<NoteCode>(value) : NoteCode::kChanged; }

std::vector<uint8_t> RunsFrame(FrameType type, const EntryRun* runs, size_t count) {
  std::vector<uint8_t> bytes(kHeaderBytes + count * kEntryRunBytes);
  EncodeHeader(Header{type, 0, 0, 0, count * kEntryRunBytes}, bytes.data());
  uint8_t* at = bytes.data() + kHeaderBytes;
  for (const EntryRun* run = runs; run != runs + count; ++run, at += kEntryRunBytes) {
    PutU32(at, run->first);
    PutU32(at + 4, run->count);
    PutU32(at + 8, run->code);
    PutU32(at + 12, run->error);
  }
  return bytes;
}

std::optional<std::vector<EntryRun>> DecodeRuns(const Header& header, const uint8_t* body) {
  std::vector<EntryRun> runs(static_cast<size_t>(header.length) / kEntryRunBytes);
  for (EntryRun& run : runs) {
    run = {GetU32(body), GetU32(body + 4), GetU32(body + 8), GetU32(body + 12)};
    if (!IsLegal(header.type, run)) return std::nullopt;
    body += kEntryRunBytes;
  }
  return runs;
}

SmallFrame DoneFrame(const DoneCounts& counts) {
  SmallFrame frame;
  EncodeHeader(Header{FrameType::kDone, 0, 0, 0, kDoneBytes}, frame.bytes.data());
  frame.size = kHeaderBytes + kDoneBytes;
  uint8_t* body = frame.bytes.data() + kHeaderBytes;
  for (const uint32_t count : {counts.files, counts.directories, counts.symlinks, counts.notDelivered, counts.notes}) {
    PutU32(body, count);
    body += 4;
  }
  return frame;
}

DoneCounts DecodeDone(const uint8_t* body) {
  return {GetU32(body), GetU32(body + 4), GetU32(body + 8), GetU32(body + 12), GetU32(body + 16)};
}

}  // namespace penstock
