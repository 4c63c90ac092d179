#include "files/file_ops.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/calls.h"
#include "base/failure.h"
#include "base/unique_fd.h"
#include "os/windows/base/file_time.h"
#include "os/windows/base/system_errors.h"
#include "os/windows/base/wide.h"
#include "os/windows/files/folder_calls.h"
#include "os/windows/files/nt_file.h"

namespace penstock {

namespace {

/// Permission of the owner to write, in a mode.
constexpr uint32_t kOwnerWrites = 0200;

OpenRequest Existing(ACCESS_MASK access) {
  OpenRequest request;
  request.access = access;
  request.disposition = FILE_OPEN;
  return request;
}

int64_t UnitsOf(const CommitEntry& entry) { return FileTimeUnits(entry.mtime_seconds, entry.mtime_nanoseconds); }

struct Facts {
  DWORD attributes = 0;
  int64_t size = 0;
  int64_t modified = 0;
};

Facts FactsOf(Descriptor file, const std::string& path) {
  BY_HANDLE_FILE_INFORMATION found{};
  if (::GetFileInformationByHandle(HandleOf(file), &found) == 0) {
    FailWithLastError();
    Fail("GetFileInformationByHandle", path);
  }
  const auto size = static_cast<int64_t>((uint64_t{found.nFileSizeHigh} << 32) | found.nFileSizeLow);
  return {found.dwFileAttributes, size, penstock::UnitsOf(found.ftLastWriteTime)};
}

std::optional<Facts> FactsAt(Descriptor folder, const std::wstring& name, const std::string& path) {
  const UniqueFd file = OpenAt(folder, name, Existing(0));
  if (file.valid()) return FactsOf(file.get(), path);
  if (errno == ENOENT) return std::nullopt;
  Fail("NtCreateFile", path);
}

/// Sets the time of the last write, in units of 100 ns, and whether the file may be written to.
void SetTimeAndMode(Descriptor file, int64_t units, std::optional<uint32_t> mode, const std::string& path) {
  FILE_BASIC_INFO basic{};
  basic.LastWriteTime.QuadPart = units;
  if (mode) basic.FileAttributes = (*mode & kOwnerWrites) != 0 ? FILE_ATTRIBUTE_NORMAL : FILE_ATTRIBUTE_READONLY;
  if (::SetFileInformationByHandle(HandleOf(file), FileBasicInfo, &basic, sizeof basic) != 0) return;
  FailWithLastError();
  Fail("SetFileInformationByHandle", path);
}

/// The open folder's path, with the prefix for paths of any length.
std::wstring FinalPath(Descriptor folder, const std::string& path) {
  std::wstring text(32768, L'\0');
  const DWORD size =
      ::GetFinalPathNameByHandleW(HandleOf(folder), text.data(), static_cast<DWORD>(text.size()), FILE_NAME_NORMALIZED);
  if (size == 0 || size >= text.size()) {
    FailWithLastError();
    Fail("GetFinalPathNameByHandle", path);
  }
  text.resize(size);
  return text;
}

/// Runs the entries of one commit; keeps the folder of the entry before open, since neighbours share it.
class Committer {
 public:
  Committer(const Folder& target, const Folder& staging) : target_(target.fd()), staging_(staging.fd()) {}

  /// False where what is there was kept.
  bool Run(const CommitEntry& entry) {
    switch (entry.kind) {
      case CommitKind::kDirectory:
        return MakeDirectory(entry);
      case CommitKind::kFile:
        return PlaceFile(entry);
      case CommitKind::kSymlink:
        return PlaceSymlink(entry);
      case CommitKind::kDirectoryTimes:
        SetDirectoryTimes(entry);
        return true;
    }
    return true;
  }

 private:
  /// Opens the folder that holds `path`, and sets `name` to the last component.
  std::pair<Descriptor, std::wstring> Parent(const std::string& path) {
    const size_t slash = path.rfind('/');
    const std::wstring name = PlainName(slash == std::string::npos ? path : path.substr(slash + 1), path);
    if (slash == std::string::npos) return {target_, name};
    const std::string parent = path.substr(0, slash);
    if (!parent_.valid() || parent != parent_path_) {
      parent_ = OpenFolderBeneath(target_, parent);
      parent_path_ = parent;
    }
    return {parent_.get(), name};
  }

  bool MakeDirectory(const CommitEntry& entry) {
    const auto [parent, name] = Parent(entry.path);
    OpenRequest request;
    request.disposition = FILE_CREATE;
    request.options = FILE_DIRECTORY_FILE;
    if (OpenAt(parent, name, request).valid()) return true;
    if (errno != EEXIST) Fail("NtCreateFile", entry.path);
    const std::optional<Facts> existing = FactsAt(parent, name, entry.path);
    if (!existing || !IsFolder(existing->attributes) || IsLink(existing->attributes)) {
      Fail("NtCreateFile", entry.path, ENOTDIR);
    }
    return false;
  }

  bool PlaceFile(const CommitEntry& entry) {
    const std::wstring staging_name = PlainName(entry.staging_name, entry.staging_name);
    const auto [parent, name] = Parent(entry.path);
    OpenRequest request = Existing(FILE_WRITE_ATTRIBUTES | DELETE);
    request.disposition = entry.size == 0 ? FILE_OPEN_IF : FILE_OPEN;
    const UniqueFd file = OpenAt(staging_, staging_name, request);
    if (!file.valid()) Fail("NtCreateFile", entry.staging_name);
    const Facts facts = FactsOf(file.get(), entry.staging_name);
    if (IsFolder(facts.attributes) || IsLink(facts.attributes)) Fail("NtCreateFile", entry.staging_name, EINVAL);
    if (facts.size != entry.size) Fail("GetFileInformationByHandle", entry.path, EBADMSG);
    SetTimeAndMode(file.get(), UnitsOf(entry), entry.mode, entry.path);
    return MoveByRule(file.get(), parent, name, entry);
  }

  bool PlaceSymlink(const CommitEntry& entry) {
    const auto [parent, name] = Parent(entry.path);
    // Created in staging first, so that it appears under its name by one rename, whole and with its time.
    static constexpr wchar_t kName[] = L"link";
    const UniqueFd old = OpenAt(staging_, kName, Existing(DELETE | FILE_WRITE_ATTRIBUTES));
    if (old.valid()) Remove(old.get());
    std::wstring target = ToWide(entry.target);
    for (wchar_t& c : target) {
      if (c == L'/') c = L'\\';
    }
    // Who may make links without being an administrator is a setting of Windows 10 (developer mode).
    constexpr DWORD kUnprivileged = 0x2;
    const std::wstring path = FinalPath(staging_, entry.path) + L"\\" + kName;
    if (::CreateSymbolicLinkW(path.c_str(), target.c_str(), kUnprivileged) == 0) {
      FailWithLastError();
      Fail("CreateSymbolicLink", entry.path);
    }
    const UniqueFd link = OpenAt(staging_, kName, Existing(FILE_WRITE_ATTRIBUTES | DELETE));
    if (!link.valid()) Fail("CreateSymbolicLink", entry.path);
    SetTimeAndMode(link.get(), UnitsOf(entry), std::nullopt, entry.path);
    return MoveByRule(link.get(), parent, name, entry);
  }

  /// Moves a finished file or link to its name by the entry's rule; false where what is there was kept.
  static bool MoveByRule(Descriptor file, Descriptor parent, const std::wstring& name, const CommitEntry& entry) {
    bool replace = false;
    if (entry.replace != ReplaceRule::kNever) {
      if (const std::optional<Facts> existing = FactsAt(parent, name, entry.path)) {
        if (IsFolder(existing->attributes)) Fail("NtSetInformationFile", entry.path, EISDIR);
        if (entry.replace == ReplaceRule::kIfNewer && UnitsOf(entry) <= existing->modified) return false;
        replace = true;
      }
    }
    const int error = RenameTo(file, parent, name, replace);
    if (error != 0) Fail("NtSetInformationFile", entry.path, error);
    return true;
  }

  void SetDirectoryTimes(const CommitEntry& entry) {
    const auto [parent, name] = Parent(entry.path);
    OpenRequest request = Existing(FILE_WRITE_ATTRIBUTES);
    request.options = FILE_DIRECTORY_FILE;
    const UniqueFd directory = OpenAt(parent, name, request);
    if (!directory.valid()) Fail("NtCreateFile", entry.path);
    if (IsLink(FactsOf(directory.get(), entry.path).attributes)) Fail("NtCreateFile", entry.path, ENOTDIR);
    // Windows has no place for the mode of a folder.
    SetTimeAndMode(directory.get(), UnitsOf(entry), std::nullopt, entry.path);
  }

  Descriptor target_;
  Descriptor staging_;
  UniqueFd parent_;
  std::string parent_path_;
};

}  // namespace

Folder::Folder(Descriptor fd, std::string path) : fd_(fd), path_(std::move(path)) {}

Folder::~Folder() { CloseFile(fd_); }

std::shared_ptr<Folder> OpenFolder(const std::string& path) {
  if (path.find('\0') != std::string::npos) Fail("CreateFile", path, EINVAL);
  UniqueFd folder(
      DescriptorOf(::CreateFileW(LongPath(path).c_str(), FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_ADD_FILE,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                 FILE_FLAG_BACKUP_SEMANTICS, nullptr)));
  if (!folder.valid()) {
    FailWithLastError();
    Fail("CreateFile", path);
  }
  if (!IsFolder(FactsOf(folder.get(), path).attributes)) Fail("CreateFile", path, ENOTDIR);
  return std::make_shared<Folder>(folder.release(), path);
}

std::shared_ptr<Folder> MakeFolder(const Folder& parent, const std::string& name) {
  const std::string path = parent.path() + "\\" + name;
  OpenRequest request;
  request.access = FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_ADD_FILE;
  request.disposition = FILE_CREATE;
  request.options = FILE_DIRECTORY_FILE;
  UniqueFd folder = OpenAt(parent.fd(), PlainName(name, path), request);
  if (!folder.valid()) Fail("NtCreateFile", path);
  return std::make_shared<Folder>(folder.release(), path);
}

UniqueFd CreateFileIn(const Folder& folder, const std::string& name) {
  OpenRequest request;
  request.access = FILE_GENERIC_WRITE;
  request.disposition = FILE_CREATE;
  request.options = FILE_NON_DIRECTORY_FILE;
  UniqueFd file = OpenAt(folder.fd(), PlainName(name, name), request);
  if (!file.valid()) Fail("NtCreateFile", name);
  return file;
}

void RemoveFile(const Folder& folder, const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::wstring name = PlainName(slash == std::string::npos ? path : path.substr(slash + 1), path);
  UniqueFd parent;
  if (slash != std::string::npos) parent = OpenFolderBeneath(folder.fd(), path.substr(0, slash));
  const UniqueFd file =
      OpenAt(parent.valid() ? parent.get() : folder.fd(), name, Existing(DELETE | FILE_WRITE_ATTRIBUTES));
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

std::vector<CommitOutcome> Commit(const Folder& target, const Folder& staging,
                                  const std::vector<CommitEntry>& entries) {
  std::vector<CommitOutcome> outcomes;
  outcomes.reserve(entries.size());
  Committer committer(target, staging);
  for (const CommitEntry& entry : entries) {
    CommitOutcome outcome;
    try {
      if (!committer.Run(entry)) outcome.kind = CommitOutcome::Kind::kKeptExisting;
    } catch (const SystemError& error) {
      outcome = {CommitOutcome::Kind::kFailed, error.failure()};
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

void RenameNoReplace(const Folder& from, const std::string& from_name, const Folder& to, const std::string& to_name) {
  const UniqueFd file = OpenAt(from.fd(), PlainName(from_name, from_name), Existing(DELETE));
  if (!file.valid()) Fail("NtCreateFile", from_name);
  const int error = RenameTo(file.get(), to.fd(), PlainName(to_name, to_name), false);
  if (error != 0) Fail("NtSetInformationFile", to_name, error);
}

}  // namespace penstock
