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

/** An open file or folder. */
class OpenEntry final : public TimedEntry {
 public:
  OpenEntry(Calls& calls, Descriptor file) : calls_(calls), file_(file) {}

  int Set(const FileTime& time) override { return calls_.SetTime(file_, time) == 0 ? 0 : errno; }
  int Get(FileTime* time) override {
    FileFacts facts;
    if (calls_.Facts(file_, &facts) != 0) return errno;
    *time = facts.modified;
    return 0;
  }

 private:
  Calls& calls_;
  const Descriptor file_;
};

void KeepMode(Calls& calls, Descriptor file, uint32_t mode, Held* known, Kept* kept) {
  const int error = calls.SetMode(file, mode) == 0 ? 0 : errno;
  if (error == 0 && known->permissions[mode]) return;
  FileFacts facts;
  const bool isRead = calls.Facts(file, &facts) == 0 && facts.permissions;
  kept->otherMode = isRead ? (*facts.permissions & kPermissions) != mode : error != 0;
  if (kept->otherMode) kept->modeError = error;
  else known->permissions.set(mode);
}

}  // namespace

void KeepTime(TimedEntry& entry, const FileTime& wanted, Held* known, Kept* kept) {
  const int refused = known->Has(wanted) ? entry.Set(wanted) : Try(entry, wanted);
  if (refused == 0) {
    known->Add(wanted);
    return;
  }
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

Kept KeepModeAndTime(Calls& calls, Descriptor file, std::optional<uint32_t> mode, const FileTime& time, Held* known) {
  Kept kept;
  if (mode) KeepMode(calls, file, *mode & kPermissions, known, &kept);
  OpenEntry entry(calls, file);
  KeepTime(entry, time, known, &kept);
  return kept;
}

}  // namespace penstock
