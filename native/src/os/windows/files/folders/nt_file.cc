#include "os/windows/files/folders/nt_file.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "os/windows/errors/system_errors.h"

namespace penstock {
namespace {

// Of ntifs.h, which is not for programs; the values and the layouts are documented there.
constexpr int kFileRenameInformation = 10;
constexpr int kFileRenameInformationEx = 65;
constexpr ULONG kReplaceIfExists = 0x1;
constexpr ULONG kPosixSemantics = 0x2;
constexpr ULONG kIgnoreReadOnly = 0x40;

struct RenameInformation {
  // BOOLEAN ReplaceIfExists in the old class, flags in the new one.
  ULONG flags;
  HANDLE folder;
  ULONG nameBytes;
  WCHAR name[1];
};

int Rename(Descriptor file, int informationClass, ULONG flags, Descriptor folder, const std::wstring& name) {
  const size_t nameBytes = name.size() * sizeof(wchar_t);
  std::vector<uint64_t> storage((sizeof(RenameInformation) + nameBytes) / sizeof(uint64_t) + 1);
  auto* const information = reinterpret_cast<RenameInformation*>(storage.data());
  information->flags = flags;
  information->folder = HandleOf(folder);
  information->nameBytes = static_cast<ULONG>(nameBytes);
  std::memcpy(information->name, name.data(), nameBytes);
  IO_STATUS_BLOCK status{};
  const auto size = static_cast<ULONG>(offsetof(RenameInformation, name) + nameBytes);
  const NTSTATUS result = ::NtSetInformationFile(HandleOf(file), &status, information, size,
                                                 static_cast<FILE_INFORMATION_CLASS>(informationClass));
  return result >= 0 ? 0 : ErrnoOfStatus(result);
}

}  // namespace

UniqueFd OpenAt(Descriptor folder, const std::wstring& name, const OpenRequest& request) {
  UNICODE_STRING text{};
  text.Length = static_cast<USHORT>(name.size() * sizeof(wchar_t));
  text.MaximumLength = text.Length;
  text.Buffer = const_cast<wchar_t*>(name.data());
  OBJECT_ATTRIBUTES attributes{};
  InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE, HandleOf(folder), nullptr);
  IO_STATUS_BLOCK status{};
  HANDLE opened = INVALID_HANDLE_VALUE;
  const NTSTATUS result =
      ::NtCreateFile(&opened, request.access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &status, nullptr,
                     FILE_ATTRIBUTE_NORMAL, request.share, request.disposition,
                     request.options | FILE_OPEN_REPARSE_POINT | FILE_SYNCHRONOUS_IO_NONALERT, nullptr, 0);
  if (result < 0) {
    errno = ErrnoOfStatus(result);
    return UniqueFd();
  }
  return UniqueFd(DescriptorOf(opened));
}

UniqueFd OpenFolderAt(Descriptor folder, const std::wstring& name) {
  OpenRequest request;
  request.access = FILE_LIST_DIRECTORY | FILE_TRAVERSE;
  request.disposition = FILE_OPEN;
  request.options = FILE_DIRECTORY_FILE;
  request.share = FILE_SHARE_READ | FILE_SHARE_WRITE;
  UniqueFd opened = OpenAt(folder, name, request);
  if (!opened.valid()) return opened;
  const DWORD attributes = AttributesOf(opened.get());
  if (attributes == INVALID_FILE_ATTRIBUTES) return UniqueFd();
  if (IsLink(attributes)) {
    errno = ENOTDIR;
    return UniqueFd();
  }
  return opened;
}

int RenameTo(Descriptor file, Descriptor folder, const std::wstring& name, bool replace) {
  if (replace) {
    // Also replaces a file that is open or read-only, as other systems do (since Windows 10).
    constexpr ULONG kFlags = kReplaceIfExists | kPosixSemantics | kIgnoreReadOnly;
    const int error = Rename(file, kFileRenameInformationEx, kFlags, folder, name);
    if (error == 0 || error == EEXIST || error == ENOSPC) return error;
  }
  return Rename(file, kFileRenameInformation, replace ? kReplaceIfExists : 0, folder, name);
}

int Remove(Descriptor file) {
  constexpr DWORD kDelete = 0x1;
  constexpr DWORD kAtOnce = 0x2;
  constexpr DWORD kReadOnlyToo = 0x10;
  constexpr auto kFileDispositionInfoEx = static_cast<FILE_INFO_BY_HANDLE_CLASS>(21);
  DWORD flags = kDelete | kAtOnce | kReadOnlyToo;
  if (::SetFileInformationByHandle(HandleOf(file), kFileDispositionInfoEx, &flags, sizeof flags) != 0) return 0;
  const DWORD attributes = AttributesOf(file);
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_READONLY) != 0) {
    FILE_BASIC_INFO basic{};
    basic.FileAttributes = attributes & ~static_cast<DWORD>(FILE_ATTRIBUTE_READONLY);
    if (basic.FileAttributes == 0) basic.FileAttributes = FILE_ATTRIBUTE_NORMAL;
    ::SetFileInformationByHandle(HandleOf(file), FileBasicInfo, &basic, sizeof basic);
  }
  FILE_DISPOSITION_INFO old{};
  old.DeleteFile = TRUE;
  if (::SetFileInformationByHandle(HandleOf(file), FileDispositionInfo, &old, sizeof old) != 0) return 0;
  return ErrnoOf(::GetLastError());
}

DWORD AttributesOf(Descriptor file) {
  BY_HANDLE_FILE_INFORMATION facts{};
  if (::GetFileInformationByHandle(HandleOf(file), &facts) != 0) return facts.dwFileAttributes;
  FailWithLastError();
  return INVALID_FILE_ATTRIBUTES;
}

bool IsWriteThrough(Descriptor file) {
  constexpr auto kFileModeInformation = static_cast<FILE_INFORMATION_CLASS>(16);
  ULONG mode = 0;
  IO_STATUS_BLOCK status{};
  const NTSTATUS result = ::NtQueryInformationFile(HandleOf(file), &status, &mode, sizeof mode, kFileModeInformation);
  return result >= 0 && (mode & FILE_WRITE_THROUGH) != 0;
}

bool IsLink(DWORD attributes) { return (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0; }
bool IsFolder(DWORD attributes) { return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0; }

}  // namespace penstock
