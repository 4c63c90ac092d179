#include "files/tree_level.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/failure.h"
#include "files/tree_walk.h"
#include "os/windows/base/file_time.h"
#include "os/windows/base/system_errors.h"
#include "os/windows/base/wide.h"
#include "platform.h"

namespace penstock {
namespace {

constexpr uint32_t kTypeLink = 0120000;
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

Found FoundOf(const WIN32_FIND_DATAW& data) {
  Found found;
  found.name = data.cFileName;
  found.entry.name = ToUtf8(found.name);
  found.entry.mode = ModeOf(data);
  found.entry.size = static_cast<double>((uint64_t{data.nFileSizeHigh} << 32) | data.nFileSizeLow);
  found.entry.time = NanosecondsOf(data.ftLastWriteTime);
  return found;
}

class WindowsLevel final : public TreeLevel {
 public:
  explicit WindowsLevel(std::wstring path) : path_(std::move(path)) {}
  /** 0, or errno. */
  int List();
  bool empty() const { return entries_.empty(); }

  bool AtEnd() const override { return next_ == entries_.size(); }
  TreeEntry Next(bool enter) override;

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
    const std::wstring name = data.cFileName;
    if (name != L"." && name != L"..") entries_.push_back(FoundOf(data));
  } while (::FindNextFileW(find.get(), &data) != 0);
  const DWORD error = ::GetLastError();
  if (error != ERROR_NO_MORE_FILES) return ErrnoOf(error);
  std::sort(entries_.begin(), entries_.end(),
            [](const Found& left, const Found& right) { return left.entry.name < right.entry.name; });
  return 0;
}

TreeEntry WindowsLevel::Next(bool enter) {
  Found& found = entries_[next_++];
  TreeEntry entry = std::move(found.entry);
  if ((entry.mode & kTypeBits) == kTypeFolder && enter) {
    auto below = std::make_unique<WindowsLevel>(path_ + L"\\" + found.name);
    const int error = below->List();
    if (error != 0) entry.failure = Failure{Code::kNone, error, "FindFirstFileEx"};
    else if (!below->empty()) entry.below = std::move(below);
  }
  return entry;
}

std::unique_ptr<TreeLevel> OpenTree(const std::string& path) {
  auto level = std::make_unique<WindowsLevel>(LongPath(path));
  const int error = level->List();
  if (error != 0) throw SystemError(error, "FindFirstFileEx", path);
  return level;
}

// The system reports the size of the content.
bool ReportsSize(const std::string& /*path*/) { return true; }

}  // namespace penstock
