#include "os/posix/files/folders/open_below.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/folder_calls.h"
#include "os/posix/files/folders/long_path.h"
#include "os/posix/system/posix_calls.h"

namespace penstock {
namespace {

/** Takes the first name of a path. */
std::string TakeName(std::string_view* path) {
  const size_t slash = path->find('/');
  std::string name(path->substr(0, slash));
  path->remove_prefix(slash == std::string_view::npos ? path->size() : slash + 1);
  return name;
}

bool HasPlainNames(std::string_view path) {
  if (path.empty() || path.back() == '/') return false;
  while (!path.empty()) {
    if (!IsPlainName(TakeName(&path))) return false;
  }
  return true;
}

UniqueFd Walk(Calls& calls, int folder, std::string_view path, int flags) {
  UniqueFd current;
  while (!path.empty()) {
    const std::string name = TakeName(&path);
    UniqueFd next(PosixCalls(calls).Open(current.valid() ? current.get() : folder, name.c_str(), flags));
    const int error = errno;
    if (current.valid()) calls.Close(current.release());
    errno = error;
    current = std::move(next);
    if (!current.valid()) break;
  }
  return current;
}

}  // namespace

UniqueFd OpenBelow(Calls& calls, int folder, const std::string& path, int flags) {
  if (!HasPlainNames(path)) {
    errno = EINVAL;
    return {};
  }
  const int how = flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd opened;
  if (HasOpenBeneath()) {
    opened = OpenInPieces(folder, path, [&calls, how](int from, const char* piece) {
      return PosixCalls(calls).OpenBeneath(from, piece, how);
    });
  }
  if (!opened.valid() && !HasOpenBeneath()) opened = Walk(calls, folder, path, how);
  if (!opened.valid() && errno == ELOOP) errno = ENOTDIR;
  return opened;
}

}  // namespace penstock
