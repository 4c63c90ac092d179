#include "files/target/file_ops.h"

#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/folder_calls.h"

namespace penstock {

FileSystemFacts FileSystemOf(const std::string& path) {
  const std::wstring wide = LongPath(path);
  std::wstring volume(32768, L'\0');
  wchar_t type[64] = {};
  FileSystemFacts facts;
  ULARGE_INTEGER free{};
  const bool known = ::GetVolumePathNameW(wide.c_str(), volume.data(), static_cast<DWORD>(volume.size())) != 0 &&
                     ::GetVolumeInformationW(volume.c_str(), nullptr, 0, nullptr, nullptr, nullptr, type, 64) != 0;
  // The volume is queried: the call rejects a path that names a file.
  if (!known || ::GetDiskFreeSpaceExW(volume.c_str(), &free, nullptr, nullptr) == 0) {
    FailWithLastError();
    Fail("GetDiskFreeSpaceEx", path);
  }
  facts.type = ToUtf8(type);
  for (char& c : facts.type) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  facts.free_bytes = free.QuadPart;
  return facts;
}

}  // namespace penstock
