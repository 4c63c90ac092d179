// The mode and the time that a delivered entry gets. A file system that cannot hold them, or refuses to set them, does not make
// the delivery fail.
#pragma once

#include <cstdint>
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

/** The last seconds that a file system was found to hold before and after those that it does not. For one file system. */
struct HeldTimes {
  std::optional<int64_t> first;
  std::optional<int64_t> last;
};

/** An entry whose time can be set and read. The members return 0, or errno. */
class TimedEntry {
 public:
  virtual ~TimedEntry() = default;
  virtual int Set(const FileTime& time) = 0;
  virtual int Get(FileTime* time) = 0;
};

/** Sets the time. If the file system does not hold it, sets the nearest one that it does, which is found by trying. */
void KeepTime(TimedEntry& entry, const FileTime& wanted, HeldTimes* known, Kept* kept);

/** Sets permission bits, if given, and the time. */
Kept KeepModeAndTime(Calls& calls, Descriptor file, std::optional<uint32_t> mode, const FileTime& time,
                     HeldTimes* known);

}  // namespace penstock
