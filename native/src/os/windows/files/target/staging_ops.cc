#include "files/target/staging_ops.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>

#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/folder_calls.h"
#include "os/windows/files/folders/folder_walk.h"
#include "os/windows/files/folders/nt_file.h"
#include "os/windows/files/names/name_rules.h"
#include "system/unique_fd.h"

namespace penstock {

namespace {

constexpr wchar_t kMarker[] = L"marker";

bool IsSame(const BY_HANDLE_FILE_INFORMATION& left, const BY_HANDLE_FILE_INFORMATION& right) {
  return left.dwVolumeSerialNumber == right.dwVolumeSerialNumber && left.nFileIndexHigh == right.nFileIndexHigh &&
         left.nFileIndexLow == right.nFileIndexLow;
}

/// Whether the file `name` is also there under `other`.
bool IsAlso(Descriptor folder, const wchar_t* name, const wchar_t* other) {
  const UniqueFd made = OpenAt(folder, name, {DELETE | FILE_WRITE_ATTRIBUTES, FILE_CREATE});
  if (!made.valid()) Fail("NtCreateFile", ToUtf8(name));
  const bool is_also = OpenAt(folder, other, {0, FILE_OPEN}).valid();
  // A file that is left is removed with the staging folder.
  Remove(made.get());
  return is_also;
}

}  // namespace

std::shared_ptr<Folder> OpenFolderIn(const Folder& parent, const std::string& name) {
  const std::string path = parent.path() + "\\" + name;
  UniqueFd folder = OpenAt(parent.fd(), PlainName(name, name), {kFolderAccess, FILE_OPEN, FILE_DIRECTORY_FILE});
  if (!folder.valid()) Fail("NtCreateFile", path);
  if (IsLink(FactsOf(folder.get(), path).dwFileAttributes)) Fail("NtCreateFile", path, ENOTDIR);
  return std::make_shared<Folder>(folder.release(), path);
}

// Windows has access lists for owner and mode, which the folder inherits.
std::string IdentityOf(const Folder& folder) {
  const BY_HANDLE_FILE_INFORMATION facts = FactsOf(folder.fd(), folder.path());
  return std::to_string(facts.dwVolumeSerialNumber) + ":" + std::to_string(facts.nFileIndexHigh) + ":" +
         std::to_string(facts.nFileIndexLow);
}

void WriteMarker(const Folder& folder, const std::vector<uint8_t>& bytes) {
  const std::string path = folder.path() + "\\" + kMarkerName;
  const UniqueFd file = OpenAt(folder.fd(), kMarker, {FILE_WRITE_DATA, FILE_CREATE, FILE_NON_DIRECTORY_FILE});
  if (!file.valid()) Fail("NtCreateFile", path);
  DWORD written = 0;
  OVERLAPPED start{};
  const auto size = static_cast<DWORD>(bytes.size());
  if (::WriteFile(HandleOf(file.get()), bytes.data(), size, &written, &start) != 0 && written == size) return;
  FailWithLastError();
  Fail("WriteFile", path);
}

std::optional<std::vector<uint8_t>> ReadMarker(const Folder& folder) {
  const UniqueFd file = OpenAt(folder.fd(), kMarker, {FILE_READ_DATA, FILE_OPEN, FILE_NON_DIRECTORY_FILE});
  if (!file.valid() || IsLink(AttributesOf(file.get()))) return std::nullopt;
  std::vector<uint8_t> bytes(kMaxMarkerBytes + 1);
  DWORD got = 0;
  OVERLAPPED start{};
  if (::ReadFile(HandleOf(file.get()), bytes.data(), static_cast<DWORD>(bytes.size()), &got, &start) == 0 ||
      got > kMaxMarkerBytes) {
    return std::nullopt;
  }
  bytes.resize(got);
  return bytes;
}

void RemoveStaging(const Folder& parent, const std::string& name, Folder& staging) {
  const std::wstring wide = PlainName(name, name);
  const BY_HANDLE_FILE_INFORMATION own = FactsOf(staging.fd(), staging.path());
  const std::optional<std::vector<uint8_t>> marker = ReadMarker(staging);
  // The lock is a file in the folder, and has to go with it.
  staging.Hold(UniqueFd());
  RemoveContents(staging.fd(), kMarker, staging.path());
  if (const UniqueFd file = OpenAt(staging.fd(), kMarker, {DELETE | FILE_WRITE_ATTRIBUTES, FILE_OPEN}); file.valid()) {
    const int error = Remove(file.get());
    if (error != 0) Fail("NtSetInformationFile", kMarkerName, error);
  }
  const UniqueFd named = OpenAt(parent.fd(), wide, {DELETE | FILE_WRITE_ATTRIBUTES, FILE_OPEN});
  if (!named.valid() && errno == ENOENT) return;
  int error = errno;
  if (named.valid()) {
    // Moved away: what has the name now is not ours.
    if (!IsSame(FactsOf(named.get(), name), own)) return;
    error = Remove(named.get());
  }
  if (error == 0 || error == ENOENT) return;
  if (marker) WriteMarker(staging, *marker);
  Fail("NtSetInformationFile", name, error);
}

NameFolds ProbeNames(const Folder& folder) {
  // What Windows does not take on any file system.
  return {IsAlso(folder.fd(), L"k", L"K"), IsAlso(folder.fd(), L"\u00E9", L"e\u0301"), "<>:\"|?*\\", true, true, true};
}

}  // namespace penstock
