// The mode and the time that a delivered entry gets. A file system that cannot hold them, or refuses to set them, does not make
// the delivery fail.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>

#include "system/file_time.h"
#include "system/unique_fd.h"

namespace penstock {

class Calls;

/** How an entry differs from what was sent. Errors are errno values of the calls that failed, or 0. */
struct Kept {
  enum class Time { kSame, kClamped, kOther };
  Time time = Time::kSame;
  int timeError = 0;
  bool otherMode = false;
  int modeError = 0;
};

constexpr uint32_t kPermissions = 0777;

/** What one file system was found to hold. What it has held once is not read back again. */
struct Held {
  /** The seconds beyond which it does not hold any. */
  std::optional<int64_t> first;
  std::optional<int64_t> last;
  /** The earliest and latest seconds that were read back; those between are held too. */
  int64_t earliest = std::numeric_limits<int64_t>::max();
  int64_t latest = std::numeric_limits<int64_t>::min();
  std::bitset<kPermissions + 1> permissions;

  bool Has(const FileTime& time) const { return earliest <= time.seconds && time.seconds <= latest; }
  void Add(const FileTime& time) {
    earliest = std::min(earliest, time.seconds);
    latest = std::max(latest, time.seconds);
  }
};

/** An entry whose time can be set and read. The members return 0, or errno. */
class TimedEntry {
 public:
  virtual ~TimedEntry() = default;
  virtual int Set(const FileTime& time) = 0;
  virtual int Get(FileTime* time) = 0;
};

/** Sets the time. If the file system does not hold it, sets the nearest one that it does, which is found by trying. */
void KeepTime(TimedEntry& entry, const FileTime& wanted, Held* known, Kept* kept);

/** Sets permission bits, if given, and the time. */
Kept KeepModeAndTime(Calls& calls, Descriptor file, std::optional<uint32_t> mode, const FileTime& time, Held* known);

}  // namespace penstock
