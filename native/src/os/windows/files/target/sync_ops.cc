#include "files/target/sync_ops.h"

#include <cerrno>

#include "files/folders/parent_folder.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/folder_calls.h"
#include "os/windows/files/folders/folder_walk.h"

namespace penstock {
namespace {

void FlushFolder(Descriptor folder, const std::string& path) {
  if (::FlushFileBuffers(HandleOf(folder)) != 0) return;
  FailWithLastError();
  // These errors mean that the file system has nothing to flush for a folder, or that the handle cannot flush it.
  if (errno != EACCES && errno != EINVAL && errno != EOPNOTSUPP && errno != EBADF) Fail("FlushFileBuffers", path);
}

}  // namespace

// A whole volume can only be flushed by an administrator.
std::vector<SyncFailure> SyncTree(const Folder& folder) {
  std::vector<SyncFailure> failures = FlushAllBelow(folder.fd());
  SyncFolder(folder);
  return failures;
}

void SyncFolder(const Folder& folder) { FlushFolder(folder.fd(), folder.path()); }

void SyncFolderBelow(const Folder& folder, const std::string& path) {
  const UniqueFd below = OpenFolderBeneath(folder.fd(), path);
  FlushFolder(below.get(), path);
}

}  // namespace penstock
