#include "posix/folder_calls.h"

#include <dirent.h>
#include <unistd.h>

#include <memory>

#include "engine/file_ops.h"
#include "engine/unique_fd.h"

namespace penstock {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

}  // namespace

void Fail(const char* syscall_name, const std::string& path, int error) { throw FileError(error, syscall_name, path); }

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

std::vector<std::string> NamesIn(int folder, const std::string& path) {
  // A descriptor of its own: the position in the listing belongs to the descriptor.
  UniqueFd copy(openat(folder, ".", kFolderFlags));
  if (!copy.valid()) Fail("openat", path);
  const std::unique_ptr<DIR, CloseDirectory> directory(fdopendir(copy.get()));
  if (!directory) Fail("fdopendir", path);
  copy.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) Fail("readdir", path);
  return names;
}

}  // namespace penstock
