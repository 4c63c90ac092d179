#include "files/target/file_ops.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>
#include <utility>

#include "files/folders/parent_folder.h"
#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/folder_calls.h"
#include "os/windows/files/folders/nt_file.h"
#include "system/calls.h"

namespace penstock {

Folder::Folder(Descriptor fd, std::string path) : fd_(fd), path_(std::move(path)) {}

Folder::~Folder() { CloseFile(fd_); }

std::shared_ptr<Folder> OpenFolder(const std::string& path) {
  if (path.find('\0') != std::string::npos) Fail("CreateFile", path, EINVAL);
  UniqueFd folder(DescriptorOf(::CreateFileW(LongPath(path).c_str(), kFolderAccess,
                                             FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                             OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr)));
  if (!folder.valid()) {
    FailWithLastError();
    Fail("CreateFile", path);
  }
  if (!IsFolder(FactsOf(folder.get(), path).dwFileAttributes)) Fail("CreateFile", path, ENOTDIR);
  return std::make_shared<Folder>(folder.release(), path);
}

std::shared_ptr<Folder> MakeFolder(const Folder& parent, const std::string& name) {
  const std::string path = parent.path() + "\\" + name;
  UniqueFd folder = OpenAt(parent.fd(), PlainName(name, path), {kFolderAccess, FILE_CREATE, FILE_DIRECTORY_FILE});
  if (!folder.valid()) Fail("NtCreateFile", path);
  return std::make_shared<Folder>(folder.release(), path);
}

// Only the owner's permission to write is kept, and the folder's access list decides about the rest.
uint32_t PermittedIn(const Folder& /*folder*/) { return 0777; }

UniqueFd CreateFileIn(const Folder& folder, const std::string& name) {
  const OpenRequest request{FILE_GENERIC_WRITE, FILE_CREATE, FILE_NON_DIRECTORY_FILE};
  UniqueFd file = OpenAt(folder.fd(), PlainName(name, name), request);
  if (!file.valid()) Fail("NtCreateFile", name);
  return file;
}

void RemoveFile(const Folder& folder, const std::string& path) {
  ParentFolder parents(folder.fd());
  const auto [parent, name] = parents.Of(path);
  const UniqueFd file = OpenAt(parent, PlainName(name, path), {DELETE | FILE_WRITE_ATTRIBUTES, FILE_OPEN});
  if (!file.valid()) {
    if (errno == ENOENT) return;
    Fail("NtCreateFile", path);
  }
  const DWORD attributes = AttributesOf(file.get());
  if (IsFolder(attributes) && !IsLink(attributes)) Fail("NtSetInformationFile", path, EISDIR);
  const int error = Remove(file.get());
  if (error != 0 && error != ENOENT) Fail("NtSetInformationFile", path, error);
}

UniqueFd OpenFolderBelow(Calls& calls, Descriptor folder, const std::string& path) {
  calls.counters().Count(Sys::kCreateFile);
  try {
    return OpenFolderBeneath(folder, path);
  } catch (const SystemError& error) {
    errno = error.error();
    return UniqueFd();
  }
}

void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to, const std::string& to_name) {
  const UniqueFd file = OpenAt(from.fd(), PlainName(from_name, from_name), {DELETE, FILE_OPEN});
  if (!file.valid()) Fail("NtCreateFile", from_name);
  const int error = RenameTo(file.get(), to.fd(), PlainName(to_name, to_name), false);
  if (error != 0) Fail("NtSetInformationFile", to_name, error);
}

}  // namespace penstock
