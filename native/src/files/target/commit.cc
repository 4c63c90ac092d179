#include <utility>

#include "files/target/commit_steps.h"

namespace penstock {
namespace {

bool Run(CommitSteps& steps, const CommitEntry& entry, Kept* kept) {
  switch (entry.kind) {
    case CommitKind::kDirectory:
      return steps.MakeDirectory(entry);
    case CommitKind::kFile:
      return steps.PlaceFile(entry, kept);
    case CommitKind::kSymlink:
      return steps.PlaceSymlink(entry, kept);
    case CommitKind::kDirectoryTimes:
      return steps.SetDirectoryTimes(entry, kept);
  }
  return true;
}

}  // namespace

std::vector<CommitOutcome> Commit(const Folder& target, const Folder& staging,
                                  const std::vector<CommitEntry>& entries) {
  std::vector<CommitOutcome> outcomes;
  outcomes.reserve(entries.size());
  const std::unique_ptr<CommitSteps> steps = MakeCommitSteps(target, staging);
  for (const CommitEntry& entry : entries) {
    CommitOutcome outcome;
    try {
      if (!Run(*steps, entry, &outcome.kept)) outcome.kind = CommitOutcome::Kind::kKeptExisting;
    } catch (const SystemError& error) {
      outcome = {CommitOutcome::Kind::kFailed, error.failure(), {}};
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace penstock
