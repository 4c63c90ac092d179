#include "os/posix/files/folders/folder_calls.h"

#include <unistd.h>

#include <utility>

#include "files/folders/parent_folder.h"
#include "files/target/file_ops.h"
#include "os/posix/files/folders/open_below.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

void Fail(const char* syscall_name, const std::string& path, int error) {
  throw SystemError(error, syscall_name, path);
}

bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

std::optional<struct stat> StatAt(int folder, const std::string& name) {
  struct stat facts {};
  if (fstatat(folder, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return facts;
  if (errno == ENOENT) return std::nullopt;
  Fail("fstatat", name);
}

UniqueFd OpenFolderBeneath(int folder, const std::string& path) {
  Counters counters;
  Calls calls(counters);
  UniqueFd opened = OpenBelow(calls, folder, path, O_RDONLY);
  if (!opened.valid()) Fail("openat", path);
  return opened;
}

int AddNames(const Listing& listing, std::vector<std::string>* names) {
  errno = 0;
  while (const dirent* entry = readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names->push_back(name);
    errno = 0;
  }
  return errno;
}

std::vector<std::string> NamesIn(int folder, const std::string& path) {
  // A separate descriptor: the position in the listing belongs to the descriptor.
  UniqueFd copy(openat(folder, ".", kFolderFlags));
  if (!copy.valid()) Fail("openat", path);
  const Listing listing(fdopendir(copy.get()));
  if (!listing) Fail("fdopendir", path);
  copy.release();
  std::vector<std::string> names;
  const int error = AddNames(listing, &names);
  if (error != 0) Fail("readdir", path, error);
  return names;
}

}  // namespace penstock
