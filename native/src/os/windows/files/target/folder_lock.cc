// The owner of a folder is the process that has locked a file in it; Windows cannot lock a folder. The system releases
// the lock when the process ends, and keeps it for other machines on a share.
#include "files/target/file_ops.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>
#include <utility>

#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/nt_file.h"

namespace penstock {
namespace {

constexpr wchar_t kOwner[] = L"owner";

}  // namespace

bool TryLock(Folder& folder) {
  OpenRequest request;
  request.access = GENERIC_READ | GENERIC_WRITE;
  request.disposition = FILE_OPEN_IF;
  request.options = FILE_NON_DIRECTORY_FILE;
  UniqueFd file = OpenAt(folder.fd(), kOwner, request);
  if (!file.valid()) throw SystemError(errno, "NtCreateFile", folder.path());
  OVERLAPPED first{};
  constexpr DWORD kAtOnce = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
  if (::LockFileEx(HandleOf(file.get()), kAtOnce, 0, 1, 0, &first) == 0) {
    if (::GetLastError() == ERROR_LOCK_VIOLATION) return false;
    FailWithLastError();
    throw SystemError(errno, "LockFileEx", folder.path());
  }
  folder.Hold(std::move(file));
  return true;
}

}  // namespace penstock
