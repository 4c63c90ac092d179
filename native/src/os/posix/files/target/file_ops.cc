#include "files/target/file_ops.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "files/folders/parent_folder.h"
#include "os/posix/files/folders/folder_calls.h"
#include "os/posix/files/folders/long_path.h"
#include "os/posix/files/folders/open_below.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

Folder::Folder(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

Folder::~Folder() {
  if (fd_ >= 0) close(fd_);
}

std::shared_ptr<Folder> OpenFolder(const std::string& path) {
  if (path.find('\0') != std::string::npos) Fail("open", path, EINVAL);
  UniqueFd folder = OpenFolderAt(path, O_RDONLY);
  if (!folder.valid()) Fail("openat", path);
  return std::make_shared<Folder>(folder.release(), path);
}

std::shared_ptr<Folder> MakeFolder(const Folder& parent, const std::string& name) {
  const std::string path = parent.path() + "/" + name;
  if (!IsPlainName(name)) Fail("mkdirat", path, EINVAL);
  if (mkdirat(parent.fd(), name.c_str(), 0700) != 0) Fail("mkdirat", path);
  UniqueFd folder(openat(parent.fd(), name.c_str(), kFolderFlags));
  if (!folder.valid()) Fail("openat", path);
  // Between the two calls another folder may have taken the name. One with something in it is not ours to use.
  if (!NamesIn(folder.get(), path).empty()) Fail("openat", path, EEXIST);
  return std::make_shared<Folder>(folder.release(), path);
}

UniqueFd CreateFileIn(const Folder& folder, const std::string& name) {
  if (!IsPlainName(name)) Fail("openat", name, EINVAL);
  UniqueFd file(openat(folder.fd(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) Fail("openat", name);
  return file;
}

void RemoveFile(const Folder& folder, const std::string& path) {
  ParentFolder parents(folder.fd());
  const auto [parent, name] = parents.Of(path);
  if (!IsPlainName(name)) Fail("unlinkat", path, EINVAL);
  if (unlinkat(parent, name.c_str(), 0) != 0 && errno != ENOENT) Fail("unlinkat", path);
}

UniqueFd OpenFolderBelow(Calls& calls, Descriptor folder, const std::string& path) {
  return OpenBelow(calls, folder, path, O_RDONLY);
}

}  // namespace penstock
