#include "files/source/manifest_walk.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "files/names/other_names.h"
#include "platform.h"

namespace penstock {
namespace {

constexpr uint32_t kPermissions = 07777;
/** The rules for names of this system. */
constexpr NameRules kRulesHere = kSeparator == '/' ? NameRules::kPosix : NameRules::kWindows;

EntryFacts FactsOf(const TreeEntry& entry, EntryType type) {
  EntryFacts facts;
  facts.type = type;
  facts.mode = static_cast<uint16_t>(entry.mode & kPermissions);
  if (type == EntryType::kFile) {
    facts.size = entry.size;
    facts.allocatedBytes = entry.allocatedBytes;
  }
  facts.seconds = entry.seconds;
  facts.nanoseconds = entry.nanoseconds;
  return facts;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = FirstCodePoint(text);
    if (next.bytes == 0 || IsSurrogate(next.value)) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

bool IsFolder(const TreeEntry& entry) { return (entry.mode & kTypeBits) == kTypeFolder; }

}  // namespace

void ManifestWalk::Run(const std::vector<WalkTop>& tops) {
  for (const WalkTop& top : tops) {
    if (stopped()) return;
    AddTop(top);
    ++top_;
  }
}

void ManifestWalk::AddTop(const WalkTop& top) {
  try {
    const TreeEntry entry = ExamineTop(top.path);
    if (exclusions_.Exclude(top.name, IsFolder(entry))) return manifest_.leftOut().AddExcluded();
    if (!IsSafe(top.name)) return;
    if (entry.failure) return Unreadable(top.name, *entry.failure);
    if (IsFolder(entry)) return AddTree(top, entry);
    // The user named it, so leaving it out is a failure and not a rule.
    if ((entry.mode & kTypeBits) != kTypeFile) return LeaveOut(top.name, "not-regular", false);
    manifest_.leftOut().AddNotKept(entry.notKept);
    manifest_.AddTop(FactsOf(entry, EntryType::kFile), top.name, top.path);
  } catch (const SystemError& error) {
    Unreadable(top.name, error.failure());
  }
}

void ManifestWalk::AddTree(const WalkTop& top, const TreeEntry& entry) {
  std::unique_ptr<TreeLevel> entries = OpenTree(top.path);
  manifest_.leftOut().AddNotKept(entry.notKept);
  const uint32_t index = manifest_.AddTop(FactsOf(entry, EntryType::kDirectory), top.name, top.path);
  levels_.push_back({std::move(entries), index, top.name});
  while (!levels_.empty() && !stopped()) {
    if (levels_.back().entries->AtEnd()) levels_.pop_back();
    else AddNext();
  }
  levels_.clear();
}

void ManifestWalk::AddNext() {
  TreeEntry entry = levels_.back().entries->Next();
  const uint32_t parent = levels_.back().index;
  std::string path = levels_.back().path + '/' + entry.name;
  if (exclusions_.Exclude(path, IsFolder(entry))) return manifest_.leftOut().AddExcluded();
  if (!IsSafe(path)) return;
  if (entry.failure) return Unreadable(path, *entry.failure);
  switch (entry.mode & kTypeBits) {
    case kTypeFolder:
      return AddFolder(entry, std::move(path));
    case kTypeLink:
      return AddLink(std::move(entry), path);
    case kTypeFile:
      manifest_.leftOut().AddNotKept(entry.notKept);
      manifest_.Add(FactsOf(entry, EntryType::kFile), parent, entry.name);
      return;
    default:
      return LeaveOut(path, "not-regular", true);
  }
}

void ManifestWalk::AddFolder(const TreeEntry& entry, std::string path) {
  std::unique_ptr<TreeLevel> below;
  const int error = levels_.back().entries->Enter(entry, &below);
  if (error != 0) return Unreadable(path, {Code::kNone, error});
  manifest_.leftOut().AddNotKept(entry.notKept);
  const uint32_t index = manifest_.Add(FactsOf(entry, EntryType::kDirectory), levels_.back().index, entry.name);
  // A folder without entries is not kept open.
  if (!below->AtEnd()) levels_.push_back({std::move(below), index, std::move(path)});
}

void ManifestWalk::AddLink(TreeEntry entry, const std::string& path) {
  // Sent paths use `/` on every system.
  if constexpr (kSeparator != '/') std::replace(entry.target.begin(), entry.target.end(), kSeparator, '/');
  if (!IsUtf8(entry.target)) return LeaveOut(path, "name-not-utf8", false);
  if (!LinkStaysInside(path, entry.target)) return LeaveOut(path, "link-outside", true, "target", entry.target);
  manifest_.Add(FactsOf(entry, EntryType::kSymlink), levels_.back().index, entry.name, entry.target);
}

bool ManifestWalk::IsSafe(const std::string& path) {
  // The receiver creates it under its near name.
  const NameFault fault = PathFault(NearPath(path).value_or(path), kRulesHere);
  if (fault == NameFault::kNone) return true;
  const NameProblem problem = ProblemOf(fault);
  if (fault == NameFault::kNotUtf8 || fault == NameFault::kSurrogate) LeaveOut(path, "name-not-utf8", false);
  else LeaveOut(path, problem.code, false, "why", problem.why);
  return false;
}

void ManifestWalk::LeaveOut(const std::string& path, const char* code, bool byPolicy, const char* parameter,
                            std::string value) {
  manifest_.leftOut().Add({path, code, parameter, std::move(value), byPolicy, top_});
}

void ManifestWalk::Unreadable(const std::string& path, const Failure& failure) {
  // A name that disappeared after the listing is not a permission problem.
  if (failure.error == ENOENT) LeaveOut(path, "file-vanished", false);
  else if (failure.error == 0) LeaveOut(path, "size-unknown", false);
  else LeaveOut(path, "not-readable", false, "errno", ErrnoText(failure.error));
}

}  // namespace penstock
