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
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

/// In the units of Windows. Times that it does not have are later, or earlier, than all that it has.
bool IsLater(const FileTime& left, const FileTime& right) {
  if (left.seconds != right.seconds) return left.seconds > right.seconds;
  return left.nanoseconds / 100 > right.nanoseconds / 100;
}

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
      if (entry.replace == ReplaceRule::kIfNewer && !IsLater(entry.modified, TimeOf(existing->ftLastWriteTime)))
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

  bool PlaceFile(const CommitEntry& entry, Kept* kept) override {
    const std::wstring staging_name = PlainName(entry.staging_name, entry.staging_name);
    const auto [parent, name] = Parent(entry.path);
    const ULONG disposition = entry.size == 0 ? FILE_OPEN_IF : FILE_OPEN;
    const UniqueFd file = OpenAt(staging_, staging_name, {FILE_WRITE_ATTRIBUTES | DELETE, disposition});
    if (!file.valid()) Fail("NtCreateFile", entry.staging_name);
    const BY_HANDLE_FILE_INFORMATION facts = FactsOf(file.get(), entry.staging_name);
    const DWORD attributes = facts.dwFileAttributes;
    if (IsFolder(attributes) || IsLink(attributes)) Fail("NtCreateFile", entry.staging_name, EINVAL);
    if (SizeOf(facts) != entry.size) Fail("GetFileInformationByHandle", entry.path, EBADMSG);
    *kept = KeepModeAndTime(calls_, file.get(), entry.mode, entry.modified, &held_);
    return MoveByRule(file.get(), parent, name, entry);
  }

  bool PlaceSymlink(const CommitEntry& entry, Kept* kept) override {
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
    *kept = KeepModeAndTime(calls_, link.get(), std::nullopt, entry.modified, &held_);
    return MoveByRule(link.get(), parent, name, entry);
  }

  bool SetDirectoryTimes(const CommitEntry& entry, Kept* kept) override {
    const auto [parent, name] = Parent(entry.path);
    const UniqueFd directory = OpenAt(parent, name, {FILE_WRITE_ATTRIBUTES, FILE_OPEN, FILE_DIRECTORY_FILE});
    if (!directory.valid()) Fail("NtCreateFile", entry.path);
    if (IsLink(FactsOf(directory.get(), entry.path).dwFileAttributes)) Fail("NtCreateFile", entry.path, ENOTDIR);
    // Windows has no place for the mode of a folder.
    *kept = KeepModeAndTime(calls_, directory.get(), std::nullopt, entry.modified, &held_);
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
  Counters counters_;
  Calls calls_{counters_};
  Held held_;
};

}  // namespace

std::unique_ptr<CommitSteps> MakeCommitSteps(const Folder& target, const Folder& staging) {
  return std::make_unique<WindowsCommit>(target, staging);
}

}  // namespace penstock
