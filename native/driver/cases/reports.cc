// Invariant: the sender gets exactly the outcome of each entry, for any outcomes and any division into runs; and a
// report that leaves an entry out, names one twice, or counts otherwise is not accepted.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "cases/cases.h"
#include "check.h"
#include "session/delivery_ledger.h"

namespace driver {

using namespace penstock;

namespace {

struct Outcome {
  EntryType type = EntryType::kFile;
  /** kNone: delivered. */
  Code code = Code::kNone;
  int error = 0;
  std::set<NoteCode> notes;
};
using Outcomes = std::map<uint32_t, Outcome>;

/** A run with the frame that it came in. */
struct ReportedRun {
  FrameType type;
  EntryRun run;
};

Outcomes RandomOutcomes(std::mt19937& random) {
  constexpr Code kCodes[] = {Code::kIo, Code::kDiskFull, Code::kNameTaken, Code::kLinksUnsupported, Code::kPeerGone};
  Outcomes outcomes;
  uint32_t index = random() % 3;
  const size_t entries = 1 + random() % 60;
  while (outcomes.size() < entries) {
    Outcome outcome;
    outcome.type = static_cast<EntryType>(random() % 3);
    if (random() % 3 == 0) {
      outcome.code = kCodes[random() % std::size(kCodes)];
      outcome.error = random() % 2 == 0 ? ENOSPC : 0;
    }
    while (random() % 3 == 0) outcome.notes.insert(static_cast<NoteCode>(random() % kNoteCodes));
    outcomes.emplace(index, outcome);
    index += random() % 5 == 0 ? 1 + random() % 4 : 1;
  }
  return outcomes;
}

DeliveryReport ReportOf(const Outcomes& outcomes) {
  DeliveryLedger ledger;
  std::vector<Failure> failures;
  std::vector<EntryNote> notes;
  for (const auto& [index, outcome] : outcomes) {
    ledger.Add(index, outcome.type);
    if (outcome.code != Code::kNone) failures.push_back({outcome.code, outcome.error, "", index});
    for (const NoteCode note : outcome.notes) notes.push_back({index, note, 0});
  }
  ledger.Close();
  return ledger.MakeReport(failures, notes);
}

/** Through the bytes of frames, each with the next few runs. */
void AddReport(std::vector<ReportedRun>* reported, FrameType type, std::vector<EntryRun> runs, std::mt19937& random) {
  for (size_t at = 0; at < runs.size(); ++at) {
    while (runs[at].count > 1 && random() % 3 == 0) {
      const uint32_t first = 1 + random() % (runs[at].count - 1);
      EntryRun rest = runs[at];
      rest.first += first;
      rest.count -= first;
      runs[at].count = first;
      runs.insert(runs.begin() + static_cast<std::ptrdiff_t>(at) + 1, rest);
    }
  }
  std::shuffle(runs.begin(), runs.end(), random);
  for (size_t at = 0; at < runs.size();) {
    const size_t count = std::min<size_t>(runs.size() - at, 1 + random() % 4);
    const std::vector<uint8_t> frame = RunsFrame(type, &runs[at], count);
    const auto header = DecodeHeader(frame.data(), From::kReceiver, StreamKind::kControl);
    Check(header && header->type == type, "a report's header decodes");
    const auto decoded = DecodeRuns(*header, frame.data() + kHeaderBytes);
    Check(decoded && decoded->size() == count, "a report's runs decode");
    for (const EntryRun& run : *decoded) reported->push_back({type, run});
    at += count;
  }
}

std::vector<ReportedRun> AllOf(const DeliveryReport& report, std::mt19937& random) {
  std::vector<ReportedRun> reported;
  AddReport(&reported, FrameType::kDelivered, report.delivered, random);
  AddReport(&reported, FrameType::kNotDelivered, report.notDelivered, random);
  AddReport(&reported, FrameType::kNoted, report.notes, random);
  return reported;
}

/** What a sender of these entries reads from it; nothing if the report breaks the protocol. */
std::optional<Outcomes> Taken(const Outcomes& sent, const std::vector<ReportedRun>& reported,
                              const DoneCounts& counts) {
  DeliveryLedger ledger;
  for (const auto& [index, outcome] : sent) ledger.Add(index, outcome.type);
  ledger.Close();
  Outcomes taken;
  for (const auto& [type, run] : reported) {
    for (uint32_t index = run.first; index < run.first + run.count; ++index) {
      if (type == FrameType::kNoted) {
        if (!ledger.Note(index, run.code)) return std::nullopt;
        taken[index].notes.insert(NoteFromWire(run.code));
        continue;
      }
      const auto entry = ledger.Report(index, type == FrameType::kDelivered);
      if (!entry) return std::nullopt;
      taken[index].type = *entry;
      if (type == FrameType::kNotDelivered) {
        taken[index].code = CodeFromWire(run.code);
        taken[index].error = ErrnoFromWire(run.error);
      }
    }
  }
  if (!ledger.Agrees(counts)) return std::nullopt;
  return taken;
}

bool AreSame(const Outcomes& sent, const Outcomes& taken) {
  if (sent.size() != taken.size()) return false;
  for (const auto& [index, outcome] : sent) {
    const auto found = taken.find(index);
    if (found == taken.end() || found->second.type != outcome.type) return false;
    // A code that does not travel becomes one that does.
    if (found->second.code != CodeFromWire(CodeToWire(outcome.code)) || found->second.error != outcome.error)
      return false;
    const auto notes = outcome.code == Code::kNone ? outcome.notes : std::set<NoteCode>{};
    if (found->second.notes != notes) return false;
  }
  return true;
}

/** Changes the report so that it is no longer one about these entries. */
void Spoil(std::vector<ReportedRun>* reported, DoneCounts* counts, std::mt19937& random) {
  uint32_t* const fields[] = {&counts->files, &counts->directories, &counts->symlinks, &counts->notDelivered,
                              &counts->notes};
  ReportedRun& one = (*reported)[random() % reported->size()];
  switch (random() % 5) {
    case 0:
      reported->push_back(one);
      break;
    case 1:
      reported->erase(reported->begin() + (&one - reported->data()));
      break;
    case 2:
      *fields[random() % std::size(fields)] += random() % 2 == 0 ? 1 : UINT32_MAX;
      break;
    case 3:
      one.run.count += 1;
      break;
    default:
      one.run.first += 1000;
      break;
  }
}

}  // namespace

void Reports() {
  std::mt19937 random(Seed());
  for (int round = 0; round < 2000; ++round) {
    const Outcomes sent = RandomOutcomes(random);
    const DeliveryReport report = ReportOf(sent);
    std::vector<ReportedRun> reported = AllOf(report, random);
    const auto taken = Taken(sent, reported, report.done);
    Check(taken && AreSame(sent, *taken), "the sender gets what the receiver reports");
    const DoneCounts decoded = DecodeDone(DoneFrame(report.done).bytes.data() + kHeaderBytes);
    Check(decoded == report.done, "DONE decodes");
    DoneCounts counts = report.done;
    Spoil(&reported, &counts, random);
    Check(!Taken(sent, reported, counts), "a spoilt report is not accepted");
  }
}

}  // namespace driver
