#include "os/posix/files/target/stored_time.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"

namespace penstock {
namespace {

/** The coarsest times are those of FAT, in seconds. */
constexpr time_t kCoarsest = 2;

// An entry that still has the time of its creation was not given the other.
timespec Stored(const struct stat& facts, const timespec& set) {
  const timespec stored = ModifiedAt(facts);
  return stored.tv_sec > set.tv_sec + kCoarsest ? set : stored;
}

}  // namespace

void SetTime(int file, const timespec& time, const std::string& path) {
  const timespec times[2] = {time, time};
  if (futimens(file, times) != 0) Fail("futimens", path);
}

void SetLinkTime(int folder, const std::string& name, const timespec& time) {
  const timespec times[2] = {time, time};
  if (utimensat(folder, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) Fail("utimensat", name);
}

timespec StoredTime(int file, const timespec& set) {
  struct stat facts {};
  return fstat(file, &facts) == 0 ? Stored(facts, set) : set;
}

timespec StoredLinkTime(int folder, const std::string& name, const timespec& set) {
  const std::optional<struct stat> facts = StatAt(folder, name);
  return facts ? Stored(*facts, set) : set;
}

}  // namespace penstock
