#include "os/windows/files/folders/folder_walk.h"

// After platform.h, which has the base types.
#include <winternl.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "errors/failure.h"
#include "files/target/file_ops.h"
#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/nt_file.h"

namespace penstock {
namespace {

constexpr int kMaxDepth = 512;

struct Entry {
  std::wstring name;
  DWORD attributes = 0;
};

std::vector<Entry> EntriesOf(Descriptor folder, const std::string& path) {
  std::vector<Entry> entries;
  std::vector<uint64_t> buffer(8192);
  auto what = FileIdBothDirectoryRestartInfo;
  const auto size = static_cast<DWORD>(buffer.size() * sizeof(uint64_t));
  while (::GetFileInformationByHandleEx(HandleOf(folder), what, buffer.data(), size) != 0) {
    what = FileIdBothDirectoryInfo;
    const auto* at = reinterpret_cast<const uint8_t*>(buffer.data());
    while (true) {
      const auto* const info = reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(at);
      std::wstring name(info->FileName, info->FileNameLength / sizeof(wchar_t));
      if (name != L"." && name != L"..") entries.push_back({std::move(name), info->FileAttributes});
      if (info->NextEntryOffset == 0) break;
      at += info->NextEntryOffset;
    }
  }
  if (::GetLastError() != ERROR_NO_MORE_FILES) {
    FailWithLastError();
    throw SystemError(errno, "GetFileInformationByHandleEx", path);
  }
  return entries;
}

OpenRequest Existing(ACCESS_MASK access, ULONG options = 0) {
  OpenRequest request;
  request.access = access;
  request.disposition = FILE_OPEN;
  request.options = options;
  return request;
}

void RemoveAt(Descriptor parent, const std::wstring& name, const std::string& path, int depth) {
  if (depth > kMaxDepth) throw SystemError(ENAMETOOLONG, "NtSetInformationFile", path);
  const UniqueFd found = OpenAt(parent, name, Existing(DELETE | FILE_WRITE_ATTRIBUTES));
  if (!found.valid()) {
    if (errno == ENOENT) return;
    throw SystemError(errno, "NtCreateFile", path);
  }
  const DWORD attributes = AttributesOf(found.get());
  if (IsFolder(attributes) && !IsLink(attributes)) {
    const UniqueFd folder = OpenAt(parent, name, Existing(FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE));
    if (!folder.valid()) throw SystemError(errno, "NtCreateFile", path);
    for (const Entry& entry : EntriesOf(folder.get(), path)) RemoveAt(folder.get(), entry.name, path, depth + 1);
  }
  const int error = Remove(found.get());
  if (error != 0 && error != ENOENT) throw SystemError(error, "NtSetInformationFile", path);
}

int Flush(Descriptor folder, const std::wstring& name) {
  const UniqueFd opened = OpenAt(folder, name, Existing(FILE_WRITE_DATA));
  if (!opened.valid()) return errno;
  return ::FlushFileBuffers(HandleOf(opened.get())) != 0 ? 0 : ErrnoOf(::GetLastError());
}

bool SetAttributes(Descriptor file, DWORD attributes) {
  FILE_BASIC_INFO basic{};
  basic.FileAttributes = attributes;
  return ::SetFileInformationByHandle(HandleOf(file), FileBasicInfo, &basic, sizeof basic) != 0;
}

// Only what may be written to can be flushed: a read-only file may for so long.
int FlushFile(Descriptor folder, const Entry& entry) {
  if ((entry.attributes & FILE_ATTRIBUTE_READONLY) == 0) return Flush(folder, entry.name);
  const UniqueFd file = OpenAt(folder, entry.name, Existing(FILE_WRITE_ATTRIBUTES));
  if (!file.valid()) return errno;
  if (!SetAttributes(file.get(), FILE_ATTRIBUTE_NORMAL)) return ErrnoOf(::GetLastError());
  const int error = Flush(folder, entry.name);
  SetAttributes(file.get(), entry.attributes);
  return error;
}

/// `path` is the path of the folder below the one that is flushed, with a slash at the end; empty for that one.
void FlushAt(Descriptor folder, const std::string& path, int depth, std::vector<SyncFailure>* failures) {
  if (depth > kMaxDepth) throw SystemError(ENAMETOOLONG, "FlushFileBuffers", path);
  for (const Entry& entry : EntriesOf(folder, path)) {
    if (IsLink(entry.attributes)) continue;
    const std::string entry_path = path + ToUtf8(entry.name);
    if (!IsFolder(entry.attributes)) {
      const int error = FlushFile(folder, entry);
      if (error != 0) failures->push_back({{Code::kNone, error, "FlushFileBuffers", 0, entry_path}, false});
      continue;
    }
    const UniqueFd below = OpenAt(folder, entry.name, Existing(FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE));
    if (below.valid()) {
      FlushAt(below.get(), entry_path + "/", depth + 1, failures);
    } else {
      failures->push_back({{Code::kNone, errno, "NtCreateFile", 0, entry_path}, true});
    }
  }
}

}  // namespace

std::vector<SyncFailure> FlushAllBelow(Descriptor folder) {
  std::vector<SyncFailure> failures;
  FlushAt(folder, "", 0, &failures);
  return failures;
}

void RemoveContents(Descriptor folder, const std::wstring& kept, const std::string& path) {
  for (const Entry& entry : EntriesOf(folder, path)) {
    if (entry.name != kept) RemoveAt(folder, entry.name, path, 1);
  }
}

}  // namespace penstock
