#pragma once

// Calls on received files. Everything is reached relative to an open folder, and no link is followed.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "errors/failure.h"
#include "platform.h"
#include "system/kept.h"
#include "system/unique_fd.h"

namespace penstock {

class Calls;

/// An open folder; owns its descriptor. Shared, so that a job on a thread outlives `close()` in JavaScript.
class Folder {
 public:
  Folder(Descriptor fd, std::string path);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Descriptor fd() const { return fd_; }
  const std::string& path() const { return path_; }
  /// Replaces the folder's lock, if the lock is a descriptor of its own. For one thread.
  void Hold(UniqueFd lock) { lock_ = std::move(lock); }

 private:
  Descriptor fd_;
  std::string path_;
  UniqueFd lock_;
};

enum class ReplaceRule { kNever, kAlways, kIfNewer };

enum class CommitKind { kDirectory, kFile, kSymlink, kDirectoryTimes };

/// One step of a commit; fields that a kind does not use keep their defaults.
struct CommitEntry {
  CommitKind kind = CommitKind::kFile;
  std::string path;
  std::string staging_name;
  std::string target;
  uint32_t mode = 0;
  /// Files: the size that the staging file must have; an empty one is made if it is missing.
  int64_t size = 0;
  FileTime modified;
  ReplaceRule replace = ReplaceRule::kNever;
};

struct CommitOutcome {
  enum class Kind { kDone, kKeptExisting, kFailed };
  Kind kind = Kind::kDone;
  Failure failure{};
  /// Of an entry that is done.
  Kept kept{};
};

struct FileSystemFacts {
  std::string type;
  /// Nothing if the file system does not report it.
  std::optional<uint64_t> free_bytes{};
};

/// Opens a folder by the path that the user gave, following links in it. Throws SystemError.
std::shared_ptr<Folder> OpenFolder(const std::string& path);

/// Makes an empty folder (mode 0700) in `parent` and opens it. Throws SystemError with EEXIST if the name is taken.
std::shared_ptr<Folder> MakeFolder(const Folder& parent, const std::string& name);

/// The permission bits that a new entry of this folder may have: those that its default ACL or the umask leaves.
uint32_t PermittedIn(const Folder& folder);

/// Makes a file (mode 0600) in `folder` and opens it for writing. Throws SystemError with EEXIST if the name is taken,
/// by a link as well.
UniqueFd CreateFileIn(const Folder& folder, const std::string& name);

/// Removes the file or link at `path` below `folder`, following no link; nothing there is not an error. Throws SystemError
/// if a folder has the name.
void RemoveFile(const Folder& folder, const std::string& path);

/// Opens a folder below another, following no link, for a stream that counts its calls. Invalid with errno.
UniqueFd OpenFolderBelow(Calls& calls, Descriptor folder, const std::string& path);

/// Runs the entries in order; one outcome for each. Does not throw for errors of the file system.
std::vector<CommitOutcome> Commit(const Folder& target, const Folder& staging, const std::vector<CommitEntry>& entries);

/// Renames without replacing; EEXIST if the name is taken.
void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to, const std::string& to_name);

/// File system type by statfs and the bytes that this user can still write.
FileSystemFacts FileSystemOf(const std::string& path);

/// Locks this open folder for the process until it is closed; false if another process has locked it. Throws
/// SystemError if the file system has no locks.
bool TryLock(Folder& folder);

/// Whether files in this folder can share blocks (reflink), tried with two small files.
bool SharesBlocks(const Folder& folder);

}  // namespace penstock
