#include "os/windows/files/folders/link_target.h"

#include <cerrno>
#include <cstring>
#include <iterator>
#include <vector>

#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "platform.h"
#include "system/unique_fd.h"
// After platform.h, which brings windows.h.
#include <winioctl.h>

namespace penstock {
namespace {

/** The start of what FSCTL_GET_REPARSE_POINT returns for a link or a mount point; its names follow. */
struct LinkHeader {
  ULONG tag;
  USHORT bytes;
  USHORT reserved;
  USHORT nameOffset;
  USHORT nameBytes;
  USHORT shownOffset;
  USHORT shownBytes;
};
static_assert(sizeof(LinkHeader) == 16, "the layout of REPARSE_DATA_BUFFER");

/** A link has flags between the header and its names; a mount point has none. */
constexpr size_t kFlagsBytes = 4;
constexpr wchar_t kObjectPrefix[] = L"\\??\\";

}  // namespace

int ReadLinkTarget(const std::wstring& path, std::string* target) {
  const HANDLE handle =
      ::CreateFileW(path.c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return ErrnoOf(::GetLastError());
  const UniqueFd link(DescriptorOf(handle));
  std::vector<char> data(MAXIMUM_REPARSE_DATA_BUFFER_SIZE);
  DWORD got = 0;
  if (::DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, nullptr, 0, data.data(), static_cast<DWORD>(data.size()), &got,
                        nullptr) == 0) {
    return ErrnoOf(::GetLastError());
  }
  LinkHeader header{};
  if (got < sizeof header) return EINVAL;
  std::memcpy(&header, data.data(), sizeof header);
  const size_t names = sizeof header + (header.tag == IO_REPARSE_TAG_SYMLINK ? kFlagsBytes : 0);
  const size_t from = names + header.nameOffset;
  if (from + header.nameBytes > got) return EINVAL;
  std::wstring name(header.nameBytes / sizeof(wchar_t), L'\0');
  std::memcpy(name.data(), data.data() + from, name.size() * sizeof(wchar_t));
  if (name.compare(0, std::size(kObjectPrefix) - 1, kObjectPrefix) == 0) name.erase(0, std::size(kObjectPrefix) - 1);
  *target = ToUtf8(name);
  return 0;
}

}  // namespace penstock
