#include "files/target/staging_ops.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "errors/errors.h"
#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

constexpr int kMaxDepth = 512;
constexpr mode_t kModeBits = 07777;

struct stat FactsOf(int fd, const std::string& path) {
  struct stat facts {};
  if (fstat(fd, &facts) != 0) Fail("fstat", path);
  return facts;
}

bool IsSame(const struct stat& left, const struct stat& right) {
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

void WriteAll(int fd, const std::vector<uint8_t>& bytes, const std::string& path) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno != EINTR) Fail("write", path);
    if (written > 0) done += static_cast<size_t>(written);
  }
}

/// Removes a name and all below it on the file system `device`. Nothing there is not an error.
void RemoveAt(int parent, const std::string& name, dev_t device, int depth) {
  if (depth > kMaxDepth) Fail("unlinkat", name, ENAMETOOLONG);
  const std::optional<struct stat> facts = StatAt(parent, name);
  if (!facts) return;
  const bool is_directory = S_ISDIR(facts->st_mode);
  if (is_directory) {
    // Folders only: an overlay reports other device numbers for its files.
    if (facts->st_dev != device) Fail("unlinkat", name, EXDEV);
    UniqueFd folder;
    const Failure opened = OpenForRemoval(parent, name, &folder);
    if (opened) Fail(opened.syscall, name, opened.error);
    for (const std::string& child : NamesIn(folder.get(), name)) RemoveAt(folder.get(), child, device, depth + 1);
  }
  if (unlinkat(parent, name.c_str(), is_directory ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT) {
    Fail("unlinkat", name);
  }
}

/// Makes an empty file; false if the file system does not take the name.
bool MakeEmpty(int folder, const char* name) {
  const UniqueFd file(openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.valid()) return true;
  if (errno == EILSEQ || errno == EINVAL) return false;
  Fail("openat", name);
}

/// Characters that file systems of Windows do not take.
constexpr char kSuspected[] = "<>:\"|?*\\";

/// Whether a file can have this name.
bool Holds(int folder, const std::string& name) {
  const UniqueFd file(openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.valid()) {
    // One that is left is removed with the staging folder.
    unlinkat(folder, name.c_str(), 0);
    return true;
  }
  // Each file system refuses a name in its own way: EINVAL, EILSEQ, ENOENT, EPERM.
  if (EndsTarget(errno)) Fail("openat", name);
  return false;
}

/// Whether the file `name` is also there under `other`.
bool IsAlso(int folder, const char* name, const char* other) {
  if (!MakeEmpty(folder, name)) return false;
  const bool is_also = StatAt(folder, other).has_value();
  // A file that is left is removed with the staging folder.
  unlinkat(folder, name, 0);
  return is_also;
}

/// Of 255 units of UTF-16, each of three bytes of UTF-8.
std::string LongName() {
  constexpr size_t kUnits = 255;
  std::string name;
  for (size_t at = 0; at < kUnits; ++at) name += "\xE5\xAD\x97";
  return name;
}

}  // namespace

std::shared_ptr<Folder> OpenFolderIn(const Folder& parent, const std::string& name) {
  const std::string path = parent.path() + "/" + name;
  if (!IsPlainName(name)) Fail("openat", path, EINVAL);
  UniqueFd folder(openat(parent.fd(), name.c_str(), kFolderFlags));
  if (!folder.valid()) Fail("openat", path, errno == ELOOP ? ENOTDIR : errno);
  return std::make_shared<Folder>(folder.release(), path);
}

std::string IdentityOf(const Folder& folder) {
  const struct stat facts = FactsOf(folder.fd(), folder.path());
  return std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino) + ":" + std::to_string(facts.st_uid) + ":" +
         std::to_string(facts.st_mode & kModeBits);
}

void WriteMarker(const Folder& folder, const std::vector<uint8_t>& bytes) {
  const std::string path = folder.path() + "/" + kMarkerName;
  UniqueFd file(openat(folder.fd(), kMarkerName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) Fail("openat", path);
  WriteAll(file.get(), bytes, path);
  if (close(file.release()) != 0 && errno != EINTR) Fail("close", path);
}

std::optional<std::vector<uint8_t>> ReadMarker(const Folder& folder) {
  // A pipe of that name must not block.
  const UniqueFd file(openat(folder.fd(), kMarkerName, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat facts {};
  if (!file.valid() || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  std::vector<uint8_t> bytes(kMaxMarkerBytes + 1);
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = read(file.get(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  if (done > kMaxMarkerBytes) return std::nullopt;
  bytes.resize(done);
  return bytes;
}

void RemoveStaging(const Folder& parent, const std::string& name, Folder& staging) {
  if (!IsPlainName(name)) Fail("unlinkat", name, EINVAL);
  const struct stat own = FactsOf(staging.fd(), staging.path());
  const std::optional<std::vector<uint8_t>> marker = ReadMarker(staging);
  for (const std::string& child : NamesIn(staging.fd(), staging.path())) {
    if (child != kMarkerName) RemoveAt(staging.fd(), child, own.st_dev, 1);
  }
  // Last, so that what an interrupted removal leaves is still recognised.
  if (unlinkat(staging.fd(), kMarkerName, 0) != 0 && errno != ENOENT) Fail("unlinkat", kMarkerName);
  const std::optional<struct stat> named = StatAt(parent.fd(), name);
  // Moved away: the name belongs to something else now. rmdir removes only empty folders, so that a folder that takes
  // the name after this check loses nothing.
  if (!named || !IsSame(*named, own)) return;
  if (unlinkat(parent.fd(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
  const int error = errno;
  if (marker) WriteMarker(staging, *marker);
  Fail("unlinkat", name, error);
}

NameFolds ProbeNames(const Folder& folder) {
  NameFolds folds{IsAlso(folder.fd(), "k", "K"), IsAlso(folder.fd(), "\xC3\xA9", "e\xCC\x81")};
  folds.counts_units = Holds(folder.fd(), LongName());
  // One file in the place of many, for the file systems that take everything.
  if (Holds(folder.fd(), std::string("con.") + kSuspected + " .")) return folds;
  for (const char* at = kSuspected; *at != '\0'; ++at) {
    if (!Holds(folder.fd(), std::string("k") + *at)) folds.refused += *at;
  }
  folds.refuses_endings = !Holds(folder.fd(), "k.") || !Holds(folder.fd(), "k ");
  folds.refuses_devices = !Holds(folder.fd(), "nul");
  return folds;
}

}  // namespace penstock
