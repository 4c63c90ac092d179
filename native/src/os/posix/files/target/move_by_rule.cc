#include "os/posix/files/target/move_by_rule.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>

#include "errors/errors.h"
#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "system/unique_fd.h"

namespace penstock {
namespace {

/** Tries to place an entry whose name is taken and freed in turn. */
constexpr int kMaxTries = 100;

bool IsLater(const timespec& left, const timespec& right) {
  return left.tv_sec != right.tv_sec ? left.tv_sec > right.tv_sec : left.tv_nsec > right.tv_nsec;
}

Failure Failed(const char* syscall, int error = errno) { return {Code::kNone, error, syscall}; }

/// For file systems without links and without RENAME_NOREPLACE: an empty placeholder takes the name, and is
/// replaced.
Failure RenameOverPlaceholder(int from, const std::string& from_name, bool is_directory, int to,
                              const std::string& to_name) {
  if (is_directory) {
    if (mkdirat(to, to_name.c_str(), 0700) != 0) return Failed("mkdirat");
  } else {
    const UniqueFd placeholder(openat(to, to_name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!placeholder.valid()) return Failed("openat");
  }
  if (renameat(from, from_name.c_str(), to, to_name.c_str()) == 0) return {};
  const int error = errno;
  unlinkat(to, to_name.c_str(), is_directory ? AT_REMOVEDIR : 0);
  return Failed("renameat", error);
}

/// Why an entry that has the name may not be replaced by this rule; kept: it is as new.
Failure Judge(const timespec& time, const struct stat& existing, ReplaceRule rule, bool* kept) {
  if (S_ISDIR(existing.st_mode)) return Failed("renameat", EISDIR);
  // Devices, sockets and pipes are not what a user means by "replace the file".
  if (!S_ISREG(existing.st_mode) && !S_ISLNK(existing.st_mode)) return Failed("renameat", EEXIST);
  *kept = rule == ReplaceRule::kIfNewer && !IsLater(time, ModifiedAt(existing));
  return {};
}

}  // namespace

Failure RenameExclusively(int from, const std::string& from_name, int to, const std::string& to_name) {
  const Failure renamed = RenameExclusive(from, from_name, to, to_name);
  if (!renamed || !IsUnsupportedErrno(renamed.error)) return renamed;
  const std::optional<struct stat> source = StatAt(from, from_name);
  if (!source) return Failed("renameat", ENOENT);
  const bool is_directory = S_ISDIR(source->st_mode);
  if (!is_directory) {
    if (linkat(from, from_name.c_str(), to, to_name.c_str(), 0) == 0)
      return unlinkat(from, from_name.c_str(), 0) == 0 ? Failure{} : Failed("unlinkat");
    // EXDEV is of the two folders then: the caller copies.
    const bool no_links = errno != EXDEV && (IsUnsupportedErrno(errno) || errno == EMLINK);
    if (!no_links) return Failed("linkat");
  }
  return RenameOverPlaceholder(from, from_name, is_directory, to, to_name);
}

Failure MoveByRule(const Finished& entry, int parent, const std::string& name, ReplaceRule rule, bool* kept) {
  // Between a look at the time and the rename no other transfer of this process may give the name to a newer file.
  static std::mutex looking;
  std::unique_lock<std::mutex> lock(looking, std::defer_lock);
  if (rule == ReplaceRule::kIfNewer) lock.lock();
  for (int tries = 0; tries < kMaxTries; ++tries) {
    const Failure renamed = RenameExclusively(entry.folder, entry.name, parent, name);
    if (renamed.error != EEXIST || rule == ReplaceRule::kNever) return renamed;
    const std::optional<struct stat> existing = StatAt(parent, name);
    if (!existing) continue;
    const Failure judged = Judge(entry.time, *existing, rule, kept);
    if (judged || *kept) return judged;
    if (renameat(entry.folder, entry.name.c_str(), parent, name.c_str()) == 0) return {};
    return Failed("renameat");
  }
  return Failed("renameat", EEXIST);
}

Failure LookByRule(const timespec& time, int parent, const std::string& name, ReplaceRule rule, bool* kept) {
  const std::optional<struct stat> existing = StatAt(parent, name);
  if (!existing) return {};
  return rule == ReplaceRule::kNever ? Failed("renameat", EEXIST) : Judge(time, *existing, rule, kept);
}

}  // namespace penstock
