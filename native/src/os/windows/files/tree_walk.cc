#include "files/tree_walk.h"

// After platform.h, which has the base types.
#include "files/file_ops.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/failure.h"
#include "base/unique_fd.h"
#include "os/windows/base/file_time.h"
#include "os/windows/base/system_errors.h"
#include "os/windows/base/wide.h"

namespace penstock {
namespace {

constexpr uint32_t kTypeLink = 0120000;
constexpr uint32_t kTypeOther = 0020000;

struct Found {
  std::wstring name;
  std::string key;
  DWORD attributes = 0;
  DWORD tag = 0;
  double size = 0;
  int64_t time = 0;
};

struct Level {
  std::wstring path;
  std::vector<Found> entries;
  size_t next = 0;
  int32_t number = -1;
};

struct CloseFind {
  using pointer = HANDLE;
  void operator()(HANDLE find) const { ::FindClose(find); }
};

Found FoundOf(const WIN32_FIND_DATAW& data) {
  Found found;
  found.name = data.cFileName;
  found.key = ToUtf8(found.name);
  found.attributes = data.dwFileAttributes;
  found.tag = data.dwReserved0;
  found.size = static_cast<double>((uint64_t{data.nFileSizeHigh} << 32) | data.nFileSizeLow);
  found.time = NanosecondsOf(data.ftLastWriteTime);
  return found;
}

/** 0, or errno. */
int List(Level* level) {
  WIN32_FIND_DATAW data{};
  const std::wstring all = level->path + L"\\*";
  const HANDLE handle = ::FindFirstFileExW(all.c_str(), FindExInfoBasic, &data, FindExSearchNameMatch, nullptr,
                                           FIND_FIRST_EX_LARGE_FETCH);
  if (handle == INVALID_HANDLE_VALUE) {
    const DWORD error = ::GetLastError();
    return error == ERROR_FILE_NOT_FOUND ? 0 : ErrnoOf(error);
  }
  const std::unique_ptr<HANDLE, CloseFind> find(handle);
  do {
    const std::wstring name = data.cFileName;
    if (name != L"." && name != L"..") level->entries.push_back(FoundOf(data));
  } while (::FindNextFileW(find.get(), &data) != 0);
  const DWORD error = ::GetLastError();
  if (error != ERROR_NO_MORE_FILES) return ErrnoOf(error);
  std::sort(level->entries.begin(), level->entries.end(),
            [](const Found& left, const Found& right) { return left.key < right.key; });
  return 0;
}

/** As Node's lstat reports it: of the permissions only whether the file may be written. */
uint32_t ModeOf(const Found& found) {
  const uint32_t permissions = (found.attributes & FILE_ATTRIBUTE_READONLY) != 0 ? 0444 : 0666;
  const bool reparse = (found.attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  if (reparse && (found.tag == IO_REPARSE_TAG_SYMLINK || found.tag == IO_REPARSE_TAG_MOUNT_POINT)) {
    return kTypeLink | permissions;
  }
  // A file whose content is stored elsewhere (deduplicated, compressed, in a cloud) is a file.
  if (reparse && IsReparseTagNameSurrogate(found.tag)) return kTypeOther | permissions;
  if ((found.attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) return kTypeFolder | permissions;
  return kTypeFile | permissions;
}

}  // namespace

struct TreeWalk::State {
  std::string path;
  std::vector<Level> levels;
  int32_t count = 0;
  bool begun = false;

  void Begin() {
    begun = true;
    Level level;
    level.path = LongPath(path);
    const int error = List(&level);
    if (error != 0) throw SystemError(error, "FindFirstFileEx", path);
    levels.push_back(std::move(level));
  }

  void Add(TreePiece* piece) {
    Level& level = levels.back();
    const Found& found = level.entries[level.next++];
    const uint32_t mode = ModeOf(found);
    Level below;
    int error = 0;
    if ((mode & kTypeBits) == kTypeFolder && levels.size() <= kMaxDepth) {
      below.path = level.path + L"\\" + found.name;
      error = List(&below);
    }
    piece->parents.push_back(level.number);
    piece->names += found.key;
    piece->names += '\0';
    piece->modes.push_back(error == 0 ? mode : 0);
    piece->sizes.push_back(found.size);
    piece->times.push_back(found.time);
    const auto at = static_cast<uint32_t>(piece->parents.size() - 1);
    if (error != 0) piece->failures.push_back({Code::kNone, error, "FindFirstFileEx", at});
    below.number = count++;
    if (error == 0 && !below.entries.empty()) levels.push_back(std::move(below));
  }
};

// The system reports the size of the content.
bool ReportsSize(const std::string& /*path*/) { return true; }

TreeWalk::TreeWalk(std::string path) : state_(std::make_unique<State>()) { state_->path = std::move(path); }

TreeWalk::~TreeWalk() = default;

TreePiece TreeWalk::Next(size_t limit) {
  if (!state_->begun) state_->Begin();
  TreePiece piece;
  while (piece.parents.size() < limit) {
    while (!state_->levels.empty() && state_->levels.back().next == state_->levels.back().entries.size()) {
      state_->levels.pop_back();
    }
    if (state_->levels.empty()) break;
    state_->Add(&piece);
  }
  return piece;
}

}  // namespace penstock
