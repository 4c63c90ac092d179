#include "os/posix/files/target/other_file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "os/posix/files/target/stored_time.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

/** The name that an entry has in its place until it is complete; removed if it does not get its own. */
class OwnName {
 public:
  explicit OwnName(const Place& place) : place_(place) {}
  OwnName(const OwnName&) = delete;
  OwnName& operator=(const OwnName&) = delete;
  ~OwnName() {
    if (!moved_) unlinkat(place_.parent, place_.own.c_str(), 0);
  }

  bool Move(const timespec& time) {
    bool kept = false;
    const Failure failure =
        MoveByRule({place_.parent, place_.own, time}, place_.parent, place_.name, place_.rule, &kept);
    if (failure) Fail(failure.syscall, place_.name, failure.error);
    moved_ = !kept;
    return moved_;
  }

 private:
  const Place& place_;
  bool moved_ = false;
};

void WriteAt(int file, const char* data, size_t size, off_t at, const std::string& path) {
  while (size > 0) {
    const ssize_t put = pwrite(file, data, size, at);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) Fail("pwrite64", path, put == 0 ? EIO : errno);
    data += put;
    size -= static_cast<size_t>(put);
    at += put;
  }
}

void CopyRange(int from, int to, off_t at, off_t end, const std::string& path) {
  while (at < end) {
    const ssize_t moved = CopyWithinKernel(from, to, at, static_cast<size_t>(end - at));
    if (moved <= 0) break;
    at += moved;
  }
  std::vector<char> buffer(at < end ? kBufferBytes : 0);
  while (at < end) {
    const ssize_t got = pread(from, buffer.data(), std::min<size_t>(buffer.size(), static_cast<size_t>(end - at)), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) Fail("pread64", path, got == 0 ? EIO : errno);
    WriteAt(to, buffer.data(), static_cast<size_t>(got), at, path);
    at += got;
  }
}

/** Copies what is not a hole. */
void CopyContent(int from, int to, off_t size, const std::string& path) {
  if (ftruncate(to, size) != 0) Fail("ftruncate", path);
  for (off_t at = 0; at < size;) {
    off_t data = lseek(from, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return;
    if (data < 0) data = at;
    off_t hole = lseek(from, data, SEEK_HOLE);
    if (hole <= data) hole = size;
    CopyRange(from, to, data, hole, path);
    at = hole;
  }
}

}  // namespace

bool CopyByRule(int file, int64_t size, const timespec& time, mode_t mode, const Place& place) {
  const int flags = O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd copy(openat(place.parent, place.own.c_str(), flags, 0600));
  if (!copy.valid()) Fail("openat", place.name);
  OwnName own(place);
  // Its file system may have coarser times than the one that it comes from: tried before the content is copied.
  SetTime(copy.get(), time, place.name);
  bool kept = false;
  const Failure looked = LookByRule(StoredTime(copy.get(), time), place.parent, place.name, place.rule, &kept);
  if (looked) Fail(looked.syscall, place.name, looked.error);
  if (kept) return false;
  CopyContent(file, copy.get(), size, place.name);
  const Rights rights = RightsIn(place.parent);
  if (const int error = GiveMode(copy.get(), mode, rights, rights); error != 0) Fail("fchmod", place.name, error);
  SetTime(copy.get(), time, place.name);
  const timespec stored = StoredTime(copy.get(), time);
  const Failure synced = SyncOne(copy.get());
  if (synced) Fail(synced.syscall, place.name, synced.error);
  if (close(copy.release()) != 0 && errno != EINTR) Fail("close", place.name);
  return own.Move(stored);
}

bool LinkByRule(const std::string& target, const timespec& time, const Place& place) {
  if (symlinkat(target.c_str(), place.parent, place.own.c_str()) != 0) Fail("symlinkat", place.name);
  OwnName own(place);
  SetLinkTime(place.parent, place.own, time);
  return own.Move(StoredLinkTime(place.parent, place.own, time));
}

}  // namespace penstock
