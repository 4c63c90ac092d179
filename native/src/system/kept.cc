#include "system/kept.h"

#include <cerrno>

#include "system/calls.h"

namespace penstock {
namespace {

// What file systems round to at most: FAT has every second second.
constexpr uint64_t kCoarseSeconds = 2;
constexpr int64_t kDay = 86400;

bool IsNear(const FileTime& left, const FileTime& right) {
  const auto distance = static_cast<uint64_t>(left.seconds) - static_cast<uint64_t>(right.seconds);
  return distance <= kCoarseSeconds || -distance <= kCoarseSeconds;
}

/** 0 if the entry has this time afterwards; errno of a call that failed, or ERANGE. */
int Try(TimedEntry& entry, const FileTime& time) {
  FileTime held;
  int error = entry.Set(time);
  if (error == 0) error = entry.Get(&held);
  if (error != 0) return error;
  return IsNear(held, time) ? 0 : ERANGE;
}

/** The last second from `good` towards `bad` that the file system holds. */
int64_t LastHeld(TimedEntry& entry, int64_t good, int64_t bad) {
  for (;;) {
    // The difference of two times may be more than 63 bits hold.
    const int64_t middle = good / 2 + bad / 2 + (good % 2 + bad % 2) / 2;
    if (middle == good || middle == bad) return good;
    (Try(entry, {middle, 0}) == 0 ? good : bad) = middle;
  }
}

/** Permission bits that are not those wanted. */
bool HasOther(const std::optional<uint32_t>& held, uint32_t wanted) {
  constexpr uint32_t kPermissions = 0777;
  return held && (*held & kPermissions) != (wanted & kPermissions);
}

/** An open file or folder. */
class OpenEntry final : public TimedEntry {
 public:
  OpenEntry(Calls& calls, Descriptor file) : calls_(calls), file_(file) {}

  int Set(const FileTime& time) override { return calls_.SetTime(file_, time) == 0 ? 0 : errno; }
  int Get(FileTime* time) override {
    if (calls_.Facts(file_, &facts_) != 0) return errno;
    *time = facts_.modified;
    return 0;
  }
  const FileFacts& facts() const { return facts_; }

 private:
  Calls& calls_;
  const Descriptor file_;
  FileFacts facts_;
};

}  // namespace

void KeepTime(TimedEntry& entry, const FileTime& wanted, HeldTimes* known, Kept* kept) {
  const int refused = Try(entry, wanted);
  if (refused == 0) return;
  kept->time = Kept::Time::kOther;
  kept->timeError = refused == ERANGE ? 0 : refused;
  FileTime held;
  if (entry.Get(&held) != 0) return;
  const bool later = wanted.seconds > held.seconds;
  std::optional<int64_t>& limit = later ? known->last : known->first;
  if (!limit) {
    // Away from the limit. An entry that does not take this time either takes none.
    const int error = Try(entry, {held.seconds + (later ? -kDay : kDay), 0});
    if (error != 0) {
      if (error != ERANGE) kept->timeError = error;
      return;
    }
    limit = LastHeld(entry, held.seconds, wanted.seconds);
  }
  const int error = Try(entry, {*limit, 0});
  if (error != 0) return;
  kept->time = Kept::Time::kClamped;
  kept->timeError = 0;
}

Kept KeepModeAndTime(Calls& calls, Descriptor file, std::optional<uint32_t> mode, const FileTime& time,
                     HeldTimes* known) {
  Kept kept;
  if (mode && calls.SetMode(file, *mode) != 0) kept.modeError = errno;
  OpenEntry entry(calls, file);
  KeepTime(entry, time, known, &kept);
  if (!mode) return kept;
  const bool isOther = HasOther(entry.facts().permissions, *mode);
  kept.otherMode = entry.facts().permissions ? isOther : kept.modeError != 0;
  if (!kept.otherMode) kept.modeError = 0;
  return kept;
}

}  // namespace penstock
