#include "files/source/tree_level.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "errors/failure.h"
#include "os/windows/base/file_time.h"
#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/link_target.h"
#include "platform.h"

namespace penstock {
namespace {

constexpr uint32_t kTypeOther = 0020000;

struct Found {
  std::wstring name;
  TreeEntry entry;
};

struct CloseFind {
  using pointer = HANDLE;
  void operator()(HANDLE find) const { ::FindClose(find); }
};

/** As Node's lstat reports it: of the permissions only whether the file may be written. */
uint32_t ModeOf(const WIN32_FIND_DATAW& data) {
  const uint32_t permissions = (data.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0 ? 0444 : 0666;
  const bool reparse = (data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  const DWORD tag = data.dwReserved0;
  if (reparse && (tag == IO_REPARSE_TAG_SYMLINK || tag == IO_REPARSE_TAG_MOUNT_POINT)) return kTypeLink | permissions;
  // A file whose content is stored elsewhere (deduplicated, compressed, in a cloud) is a file.
  if (reparse && IsReparseTagNameSurrogate(tag)) return kTypeOther | permissions;
  // Who may read a folder may enter it.
  if ((data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return kTypeFolder | permissions | 0111;
  return kTypeFile | permissions;
}

/** `path`: asked for the bytes on the disk only where they are not the size. */
void TakeFacts(const WIN32_FIND_DATAW& data, const std::wstring& path, TreeEntry* entry) {
  entry->mode = ModeOf(data);
  entry->size = (uint64_t{data.nFileSizeHigh} << 32) | data.nFileSizeLow;
  entry->allocatedBytes = entry->size;
  if ((data.dwFileAttributes & (FILE_ATTRIBUTE_SPARSE_FILE | FILE_ATTRIBUTE_COMPRESSED)) != 0) {
    DWORD high = 0;
    const DWORD low = ::GetCompressedFileSizeW(path.c_str(), &high);
    if (low != INVALID_FILE_SIZE) entry->allocatedBytes = (uint64_t{high} << 32) | low;
  }
  const int64_t units = UnitsOf(data.ftLastWriteTime) - kUnixEpoch;
  constexpr int64_t kSecond = 10000000;
  entry->seconds = units / kSecond - (units % kSecond < 0 ? 1 : 0);
  entry->nanoseconds = static_cast<uint32_t>((units - entry->seconds * kSecond) * 100);
}

class WindowsLevel final : public TreeLevel {
 public:
  explicit WindowsLevel(std::wstring path) : path_(std::move(path)) {}
  /** 0, or errno. */
  int List();

  bool AtEnd() const override { return next_ == entries_.size(); }
  TreeEntry Next() override;
  int Enter(const TreeEntry& folder, std::unique_ptr<TreeLevel>* below) override;

 private:
  std::wstring path_;
  std::vector<Found> entries_;
  size_t next_ = 0;
};

}  // namespace

int WindowsLevel::List() {
  WIN32_FIND_DATAW data{};
  const std::wstring all = path_ + L"\\*";
  const HANDLE handle = ::FindFirstFileExW(all.c_str(), FindExInfoBasic, &data, FindExSearchNameMatch, nullptr,
                                           FIND_FIRST_EX_LARGE_FETCH);
  if (handle == INVALID_HANDLE_VALUE) {
    const DWORD error = ::GetLastError();
    return error == ERROR_FILE_NOT_FOUND ? 0 : ErrnoOf(error);
  }
  const std::unique_ptr<HANDLE, CloseFind> find(handle);
  do {
    Found found{data.cFileName, {}};
    if (found.name == L"." || found.name == L"..") continue;
    found.entry.name = ToUtf8(found.name);
    TakeFacts(data, path_ + L"\\" + found.name, &found.entry);
    entries_.push_back(std::move(found));
  } while (::FindNextFileW(find.get(), &data) != 0);
  const DWORD error = ::GetLastError();
  if (error != ERROR_NO_MORE_FILES) return ErrnoOf(error);
  std::sort(entries_.begin(), entries_.end(),
            [](const Found& left, const Found& right) { return left.entry.name < right.entry.name; });
  return 0;
}

TreeEntry WindowsLevel::Next() {
  Found& found = entries_[next_++];
  TreeEntry entry = std::move(found.entry);
  if ((entry.mode & kTypeBits) == kTypeLink) {
    const int error = ReadLinkTarget(path_ + L"\\" + found.name, &entry.target);
    if (error != 0) entry.failure = Failure{Code::kNone, error, "DeviceIoControl"};
  }
  return entry;
}

int WindowsLevel::Enter(const TreeEntry& /*folder*/, std::unique_ptr<TreeLevel>* below) {
  auto level = std::make_unique<WindowsLevel>(path_ + L"\\" + entries_[next_ - 1].name);
  const int error = level->List();
  if (error == 0) *below = std::move(level);
  return error;
}

// The system reports the size of the content.
TreeEntry ExamineTop(const std::string& path) {
  const std::wstring wide = LongPath(path);
  WIN32_FILE_ATTRIBUTE_DATA facts{};
  if (::GetFileAttributesExW(wide.c_str(), GetFileExInfoStandard, &facts) == 0) {
    throw SystemError(ErrnoOf(::GetLastError()), "GetFileAttributesEx", path);
  }
  WIN32_FIND_DATAW data{};
  // A real path is no link: a reparse point there is a file whose content is stored elsewhere.
  data.dwFileAttributes = facts.dwFileAttributes & ~static_cast<DWORD>(FILE_ATTRIBUTE_REPARSE_POINT);
  data.ftLastWriteTime = facts.ftLastWriteTime;
  data.nFileSizeHigh = facts.nFileSizeHigh;
  data.nFileSizeLow = facts.nFileSizeLow;
  TreeEntry entry;
  TakeFacts(data, wide, &entry);
  return entry;
}

std::unique_ptr<TreeLevel> OpenTree(const std::string& path) {
  auto level = std::make_unique<WindowsLevel>(LongPath(path));
  const int error = level->List();
  if (error != 0) throw SystemError(error, "FindFirstFileEx", path);
  return level;
}

}  // namespace penstock
