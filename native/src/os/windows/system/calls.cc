#include "system/calls.h"

#include <winioctl.h>
#include <winternl.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <vector>

#include "os/windows/base/file_time.h"
#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/nt_file.h"
#include "os/windows/files/names/name_rules.h"
#include "os/windows/system/system_calls.h"
#include "os/windows/system/windows_calls.h"

namespace penstock {
namespace {

constexpr size_t kMaxCall = 1 << 30;

OVERLAPPED At(uint64_t offset) {
  OVERLAPPED at{};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return at;
}

// A view beyond the end of the file fails with "access denied": EFAULT, as for a missing page elsewhere.
void FailToMap(Descriptor file, uint64_t end) {
  const DWORD error = ::GetLastError();
  LARGE_INTEGER size{};
  const bool cut = ::GetFileSizeEx(HandleOf(file), &size) != 0 && static_cast<uint64_t>(size.QuadPart) < end;
  errno = cut ? EFAULT : ErrnoOf(error);
}

int Capped(size_t size) { return static_cast<int>(std::min(size, kMaxCall)); }

Descriptor OpenDirect(Counters& counters, Descriptor file, DWORD access, DWORD flags) {
  counters.Count(Sys::kReOpenFile);
  constexpr DWORD kShare = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  const HANDLE opened = ::ReOpenFile(HandleOf(file), access, kShare, FILE_FLAG_NO_BUFFERING | flags);
  if (opened == INVALID_HANDLE_VALUE) FailWithLastError();
  return DescriptorOf(opened);
}

void* MapView(Counters& counters, Descriptor file, size_t size, uint64_t offset, DWORD protection, DWORD access) {
  counters.Count(Sys::kCreateFileMapping);
  const HANDLE section = ::CreateFileMappingW(HandleOf(file), nullptr, protection, 0, 0, nullptr);
  if (section == nullptr) return FailToMap(file, offset + size), nullptr;
  counters.Count(Sys::kMapViewOfFile);
  const auto high = static_cast<DWORD>(offset >> 32);
  void* const at = ::MapViewOfFile(section, access, high, static_cast<DWORD>(offset), size);
  if (at == nullptr) FailToMap(file, offset + size);
  // The view keeps the section alive.
  ::CloseHandle(section);
  return at;
}

}  // namespace

const char* const kDirectFlag = "FILE_FLAG_NO_BUFFERING";
const char* const kUncachedFlag = "FILE_FLAG_NO_BUFFERING";
const MapOption kUsualMapOption = MapOption::kWillNeed;

const char* MapOptionCall(MapOption option) {
  return option == MapOption::kLock ? "VirtualLock" : "PrefetchVirtualMemory";
}

/** The system opens files by their whole paths. */
struct Calls::SourceState {};

Calls::Calls(Counters& counters) : counters_(counters), poll_(std::make_unique<PollState>()) {
  const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (event == nullptr) {
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), "CreateEvent");
  }
  poll_->ready.reset(DescriptorOf(event));
}

Calls::~Calls() = default;

// There is no MSG_MORE. SetNoDelay decides whether a partial segment is sent.
ssize_t Calls::Send(Descriptor socket, const void* data, size_t size, bool /*more*/) {
  counters_.Count(Sys::kSend);
  const int sent = ::send(socket, static_cast<const char*>(data), Capped(size), 0);
  return sent == SOCKET_ERROR ? FailWithSocketError() : sent;
}

ssize_t Calls::SendVector(Descriptor socket, iovec* parts, size_t count) {
  counters_.Count(Sys::kWSASend);
  std::vector<WSABUF> buffers(count);
  for (size_t i = 0; i < count; ++i) {
    buffers[i] = {static_cast<ULONG>(Capped(parts[i].iov_len)), static_cast<char*>(parts[i].iov_base)};
  }
  DWORD sent = 0;
  const int result = ::WSASend(socket, buffers.data(), static_cast<DWORD>(count), &sent, 0, nullptr, nullptr);
  return result == SOCKET_ERROR ? FailWithSocketError() : static_cast<ssize_t>(sent);
}

ssize_t Calls::Receive(Descriptor socket, void* data, size_t size) {
  counters_.Count(Sys::kRecv);
  const int got = ::recv(socket, static_cast<char*>(data), Capped(size), 0);
  return got == SOCKET_ERROR ? FailWithSocketError() : got;
}

ssize_t Calls::Pread(Descriptor file, void* data, size_t size, uint64_t offset) {
  counters_.Count(Sys::kReadFile);
  OVERLAPPED at = At(offset);
  DWORD got = 0;
  if (::ReadFile(HandleOf(file), data, static_cast<DWORD>(Capped(size)), &got, &at) != 0) return got;
  return ::GetLastError() == ERROR_HANDLE_EOF ? 0 : FailWithLastError();
}

ssize_t Calls::Pwrite(Descriptor file, const void* data, size_t size, uint64_t offset) {
  counters_.Count(Sys::kWriteFile);
  OVERLAPPED at = At(offset);
  DWORD put = 0;
  if (::WriteFile(HandleOf(file), data, static_cast<DWORD>(Capped(size)), &put, &at) != 0) return put;
  return FailWithLastError();
}

// The flag holds for the handle, not for a call: `direct` sets it.
ssize_t Calls::PreadUncached(Descriptor /*file*/, void* /*data*/, size_t /*size*/, uint64_t /*offset*/) {
  errno = EOPNOTSUPP;
  return -1;
}

ssize_t Calls::PwriteUncached(Descriptor /*file*/, const void* /*data*/, size_t /*size*/, uint64_t /*offset*/) {
  errno = EOPNOTSUPP;
  return -1;
}

Descriptor Calls::OpenSource(const SourcePath& source) {
  const std::wstring wide = LongPath(source.path);
  constexpr DWORD kShare = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  const auto open = [&](DWORD flags) {
    counters_.Count(Sys::kCreateFile);
    return UniqueFd(DescriptorOf(::CreateFileW(wide.c_str(), GENERIC_READ, kShare, nullptr, OPEN_EXISTING,
                                               FILE_FLAG_SEQUENTIAL_SCAN | flags, nullptr)));
  };
  UniqueFd file = open(FILE_FLAG_OPEN_REPARSE_POINT);
  if (!file.valid()) return FailWithLastError(), kNoDescriptor;
  FILE_ATTRIBUTE_TAG_INFO tag{};
  counters_.Count(Sys::kGetFileInformation);
  if (::GetFileInformationByHandleEx(HandleOf(file.get()), FileAttributeTagInfo, &tag, sizeof tag) == 0) {
    return file.release();
  }
  if (!IsLink(tag.FileAttributes)) return file.release();
  if (IsReparseTagNameSurrogate(tag.ReparseTag)) {
    errno = ELOOP;
    return kNoDescriptor;
  }
  // Not a link, but a file whose content is stored elsewhere (deduplicated, compressed, in a cloud).
  file = open(0);
  if (!file.valid()) FailWithLastError();
  return file.release();
}

Descriptor Calls::OpenStaging(Descriptor folder, const std::string& name, bool through, bool exclusive) {
  if (!IsPlainName(name)) {
    errno = EINVAL;
    return kNoDescriptor;
  }
  counters_.Count(Sys::kCreateFile);
  OpenRequest request;
  request.access = GENERIC_READ | GENERIC_WRITE;
  request.disposition = exclusive ? FILE_CREATE : FILE_OVERWRITE_IF;
  request.options = static_cast<ULONG>(FILE_NON_DIRECTORY_FILE | (through ? FILE_WRITE_THROUGH : 0));
  return OpenAt(folder, ToWide(name), request).release();
}

int Calls::SetTime(Descriptor file, const FileTime& time) {
  if (!IsWindowsTime(time.seconds)) {
    errno = ERANGE;
    return -1;
  }
  FILE_BASIC_INFO basic{};
  basic.LastWriteTime.QuadPart = FileTimeUnits(time.seconds, time.nanoseconds);
  counters_.Count(Sys::kSetFileInformation);
  if (::SetFileInformationByHandle(HandleOf(file), FileBasicInfo, &basic, sizeof basic) != 0) return 0;
  return FailWithLastError();
}

int Calls::SetMode(Descriptor file, uint32_t mode) {
  constexpr uint32_t kOwnerWrites = 0200;
  FILE_BASIC_INFO basic{};
  basic.FileAttributes = (mode & kOwnerWrites) != 0 ? FILE_ATTRIBUTE_NORMAL : FILE_ATTRIBUTE_READONLY;
  counters_.Count(Sys::kSetFileInformation);
  if (::SetFileInformationByHandle(HandleOf(file), FileBasicInfo, &basic, sizeof basic) != 0) return 0;
  return FailWithLastError();
}

Descriptor Calls::OpenDirectToRead(Descriptor file) { return OpenDirect(counters_, file, GENERIC_READ, 0); }

Descriptor Calls::OpenDirectToWrite(Descriptor file) {
  return OpenDirect(counters_, file, GENERIC_WRITE, IsWriteThrough(file) ? FILE_FLAG_WRITE_THROUGH : 0);
}

void* Calls::Map(Descriptor file, size_t size, uint64_t offset) {
  return MapView(counters_, file, size, offset, PAGE_READONLY, FILE_MAP_READ);
}

void* Calls::MapShared(Descriptor file, size_t size, uint64_t offset) {
  return MapView(counters_, file, size, offset, PAGE_READWRITE, FILE_MAP_READ | FILE_MAP_WRITE);
}

int Calls::Unmap(void* at, size_t /*size*/) {
  counters_.Count(Sys::kUnmapViewOfFile);
  return ::UnmapViewOfFile(at) != 0 ? 0 : FailWithLastError();
}

int Calls::Prepare(void* at, size_t size, MapOption option) {
  if (option == MapOption::kLock) {
    counters_.Count(Sys::kVirtualLock);
    return ::VirtualLock(at, size) != 0 ? 0 : FailWithLastError();
  }
  struct Range {
    void* at;
    SIZE_T size;
  };
  static auto* const prefetch =
      SystemFunction<BOOL WINAPI(HANDLE, ULONG_PTR, Range*, ULONG)>(L"kernel32.dll", "PrefetchVirtualMemory");
  if (option != MapOption::kWillNeed || prefetch == nullptr) {
    errno = EOPNOTSUPP;
    return -1;
  }
  counters_.Count(Sys::kPrefetchVirtualMemory);
  Range range{at, size};
  return prefetch(::GetCurrentProcess(), 1, &range, 0) != 0 ? 0 : FailWithLastError();
}

int Calls::PopulateToWrite(void* /*at*/, size_t /*size*/) { return 0; }

int Calls::Close(Descriptor file) {
  counters_.Count(Sys::kCloseHandle);
  return ::CloseHandle(HandleOf(file)) != 0 ? 0 : FailWithLastError();
}

int Calls::CloseSocket(Descriptor socket) {
  counters_.Count(Sys::kCloseSocket);
  return ::closesocket(socket) == 0 ? 0 : FailWithSocketError();
}

int Calls::Facts(Descriptor file, FileFacts* facts) {
  counters_.Count(Sys::kGetFileInformation);
  BY_HANDLE_FILE_INFORMATION found{};
  if (::GetFileInformationByHandle(HandleOf(file), &found) == 0) return FailWithLastError();
  facts->device = found.dwVolumeSerialNumber;
  facts->regular = !IsFolder(found.dwFileAttributes);
  facts->size = (uint64_t{found.nFileSizeHigh} << 32) | found.nFileSizeLow;
  facts->modified = TimeOf(found.ftLastWriteTime);
  facts->mtimeNs = NanosecondsOf(facts->modified);
  return 0;
}

int Calls::Truncate(Descriptor file, uint64_t size) {
  counters_.Count(Sys::kSetFileInformation);
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  const BOOL done = ::SetFileInformationByHandle(HandleOf(file), FileEndOfFileInfo, &end, sizeof end);
  return done != 0 ? 0 : FailWithLastError();
}

// Setting the size has allocated the blocks.
int Calls::Allocate(Descriptor /*file*/, uint64_t /*offset*/, uint64_t /*size*/) { return 0; }

int64_t Calls::Seek(Descriptor file, uint64_t offset, int whence) {
  counters_.Count(Sys::kDeviceIoControl);
  FILE_ALLOCATED_RANGE_BUFFER from{};
  from.FileOffset.QuadPart = static_cast<LONGLONG>(offset);
  from.Length.QuadPart = std::numeric_limits<LONGLONG>::max() - from.FileOffset.QuadPart;
  FILE_ALLOCATED_RANGE_BUFFER found{};
  DWORD size = 0;
  const BOOL done = ::DeviceIoControl(HandleOf(file), FSCTL_QUERY_ALLOCATED_RANGES, &from, sizeof from, &found,
                                      sizeof found, &size, nullptr);
  if (done == 0 && ::GetLastError() != ERROR_MORE_DATA) return FailWithLastError();
  if (size < sizeof found) {
    errno = ENXIO;
    return whence == SEEK_DATA ? -1 : static_cast<int64_t>(offset);
  }
  const int64_t start = std::max<int64_t>(found.FileOffset.QuadPart, from.FileOffset.QuadPart);
  return whence == SEEK_DATA ? start : found.FileOffset.QuadPart + found.Length.QuadPart;
}

// A local pair is a TCP connection too.
bool Calls::IsTcp(Descriptor /*socket*/) { return true; }

int Calls::SetOption(Descriptor socket, int level, int name, const void* value, size_t size) {
  counters_.Count(Sys::kSetsockopt);
  const int result = ::setsockopt(socket, level, name, static_cast<const char*>(value), static_cast<int>(size));
  return result == 0 ? 0 : FailWithSocketError();
}

int Calls::Shutdown(Descriptor socket, int how) {
  counters_.Count(Sys::kShutdown);
  return ::shutdown(socket, how) == 0 ? 0 : FailWithSocketError();
}

// No call only starts it: this one waits until the file is on the disk.
int Calls::StartWriteBack(Descriptor file) {
  counters_.Count(Sys::kFlushFileBuffers);
  return ::FlushFileBuffers(HandleOf(file)) != 0 ? 0 : FailWithLastError();
}

BOOL WindowsCalls::TransmitFile(Descriptor socket, Descriptor file, DWORD size, OVERLAPPED* at) {
  calls_.counters().Count(Sys::kTransmitFile);
  return ::TransmitFile(socket, HandleOf(file), size, 0, at, nullptr, 0);
}

BOOL WindowsCalls::CancelIo(Descriptor file, OVERLAPPED* at) {
  calls_.counters().Count(Sys::kCancelIoEx);
  return ::CancelIoEx(HandleOf(file), at);
}

}  // namespace penstock
