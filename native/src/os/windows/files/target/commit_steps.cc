#include "files/target/commit_steps.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "files/folders/parent_folder.h"
#include "os/windows/base/file_time.h"
#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/folder_calls.h"
#include "os/windows/files/folders/nt_file.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

/// Permission of the owner to write, in a mode.
constexpr uint32_t kOwnerWrites = 0200;

int64_t UnitsOf(const CommitEntry& entry) { return FileTimeUnits(entry.mtime_seconds, entry.mtime_nanoseconds); }

int64_t SizeOf(const BY_HANDLE_FILE_INFORMATION& facts) {
  return static_cast<int64_t>((uint64_t{facts.nFileSizeHigh} << 32) | facts.nFileSizeLow);
}

std::optional<BY_HANDLE_FILE_INFORMATION> FactsAt(Descriptor folder, const std::wstring& name,
                                                  const std::string& path) {
  const UniqueFd file = OpenAt(folder, name, {0, FILE_OPEN});
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

/// Moves a finished file or link to its name by the entry's rule; false if what is there was kept.
bool MoveByRule(Descriptor file, Descriptor parent, const std::wstring& name, const CommitEntry& entry) {
  bool replace = false;
  if (entry.replace != ReplaceRule::kNever) {
    if (const std::optional<BY_HANDLE_FILE_INFORMATION> existing = FactsAt(parent, name, entry.path)) {
      if (IsFolder(existing->dwFileAttributes)) Fail("NtSetInformationFile", entry.path, EISDIR);
      if (entry.replace == ReplaceRule::kIfNewer && UnitsOf(entry) <= penstock::UnitsOf(existing->ftLastWriteTime))
        return false;
      replace = true;
    }
  }
  const int error = RenameTo(file, parent, name, replace);
  if (error != 0) Fail("NtSetInformationFile", entry.path, error);
  return true;
}

class WindowsCommit final : public CommitSteps {
 public:
  WindowsCommit(const Folder& target, const Folder& staging) : staging_(staging.fd()), parent_(target.fd()) {}

  bool MakeDirectory(const CommitEntry& entry) override {
    const auto [parent, name] = Parent(entry.path);
    if (OpenAt(parent, name, {0, FILE_CREATE, FILE_DIRECTORY_FILE}).valid()) return true;
    if (errno != EEXIST) Fail("NtCreateFile", entry.path);
    const auto existing = FactsAt(parent, name, entry.path);
    if (!existing || !IsFolder(existing->dwFileAttributes) || IsLink(existing->dwFileAttributes)) {
      Fail("NtCreateFile", entry.path, ENOTDIR);
    }
    return false;
  }

  bool PlaceFile(const CommitEntry& entry) override {
    const std::wstring staging_name = PlainName(entry.staging_name, entry.staging_name);
    const auto [parent, name] = Parent(entry.path);
    const ULONG disposition = entry.size == 0 ? FILE_OPEN_IF : FILE_OPEN;
    const UniqueFd file = OpenAt(staging_, staging_name, {FILE_WRITE_ATTRIBUTES | DELETE, disposition});
    if (!file.valid()) Fail("NtCreateFile", entry.staging_name);
    const BY_HANDLE_FILE_INFORMATION facts = FactsOf(file.get(), entry.staging_name);
    const DWORD attributes = facts.dwFileAttributes;
    if (IsFolder(attributes) || IsLink(attributes)) Fail("NtCreateFile", entry.staging_name, EINVAL);
    if (SizeOf(facts) != entry.size) Fail("GetFileInformationByHandle", entry.path, EBADMSG);
    SetTimeAndMode(file.get(), UnitsOf(entry), entry.mode, entry.path);
    return MoveByRule(file.get(), parent, name, entry);
  }

  bool PlaceSymlink(const CommitEntry& entry) override {
    const auto [parent, name] = Parent(entry.path);
    // Created in staging first, so that it appears under its name by one rename, whole and with its time.
    static constexpr wchar_t kName[] = L"link";
    const UniqueFd old = OpenAt(staging_, kName, {DELETE | FILE_WRITE_ATTRIBUTES, FILE_OPEN});
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
    const UniqueFd link = OpenAt(staging_, kName, {FILE_WRITE_ATTRIBUTES | DELETE, FILE_OPEN});
    if (!link.valid()) Fail("CreateSymbolicLink", entry.path);
    SetTimeAndMode(link.get(), UnitsOf(entry), std::nullopt, entry.path);
    return MoveByRule(link.get(), parent, name, entry);
  }

  bool SetDirectoryTimes(const CommitEntry& entry) override {
    const auto [parent, name] = Parent(entry.path);
    const UniqueFd directory = OpenAt(parent, name, {FILE_WRITE_ATTRIBUTES, FILE_OPEN, FILE_DIRECTORY_FILE});
    if (!directory.valid()) Fail("NtCreateFile", entry.path);
    if (IsLink(FactsOf(directory.get(), entry.path).dwFileAttributes)) Fail("NtCreateFile", entry.path, ENOTDIR);
    // Windows has no place for the mode of a folder.
    SetTimeAndMode(directory.get(), UnitsOf(entry), std::nullopt, entry.path);
    return true;
  }

 private:
  /// The open folder that holds `path`, and its name in there.
  std::pair<Descriptor, std::wstring> Parent(const std::string& path) {
    const auto [folder, name] = parent_.Of(path);
    return {folder, PlainName(name, path)};
  }

  Descriptor staging_;
  ParentFolder parent_;
};

}  // namespace

std::unique_ptr<CommitSteps> MakeCommitSteps(const Folder& target, const Folder& staging) {
  return std::make_unique<WindowsCommit>(target, staging);
}

}  // namespace penstock
