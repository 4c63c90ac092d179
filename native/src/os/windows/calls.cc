#include "calls.h"

#include <winioctl.h>
#include <winternl.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <vector>

#include "os/windows/file_time.h"
#include "os/windows/name_rules.h"
#include "os/windows/nt_file.h"
#include "os/windows/system_calls.h"
#include "os/windows/system_errors.h"
#include "os/windows/wide.h"

namespace penstock {
namespace {

constexpr size_t kMaxCall = 1 << 30;

OVERLAPPED At(uint64_t offset) {
  OVERLAPPED at{};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return at;
}

// A view that would go beyond the file's end is "access denied" here: it is what a page that is not there is elsewhere.
void FailToMap(Descriptor file, uint64_t end) {
  const DWORD error = ::GetLastError();
  LARGE_INTEGER size{};
  const bool cut = ::GetFileSizeEx(HandleOf(file), &size) != 0 && static_cast<uint64_t>(size.QuadPart) < end;
  errno = cut ? EFAULT : ErrnoOf(error);
}

int Capped(size_t size) { return static_cast<int>(std::min(size, kMaxCall)); }

}  // namespace

Calls::Calls(Counters& counters) : counters_(counters) {
  const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (event == nullptr) {
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), "CreateEvent");
  }
  ready_.reset(DescriptorOf(event));
}

// There is no MSG_MORE: whether a segment is left open is for Nagle's rule, which SetNoDelay switches.
ssize_t Calls::Send(Descriptor socket, const void* data, size_t size, bool /*more*/) {
  counters_.Count(Sys::kSend);
  const int sent = ::send(socket, static_cast<const char*>(data), Capped(size), 0);
  return sent == SOCKET_ERROR ? FailWithSocketError() : sent;
}

ssize_t Calls::SendVector(Descriptor socket, const iovec* parts, size_t count) {
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

Descriptor Calls::OpenSource(const std::string& path) {
  const std::wstring wide = LongPath(path);
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
  // Not a link but a file whose content lies elsewhere (deduplicated, compressed, in a cloud).
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

int Calls::SetModeAndTime(Descriptor file, uint32_t mode, int64_t seconds, int32_t nanoseconds) {
  constexpr uint32_t kOwnerWrites = 0200;
  FILE_BASIC_INFO basic{};
  basic.LastWriteTime.QuadPart = FileTimeUnits(seconds, nanoseconds);
  basic.FileAttributes = (mode & kOwnerWrites) != 0 ? FILE_ATTRIBUTE_NORMAL : FILE_ATTRIBUTE_READONLY;
  counters_.Count(Sys::kSetFileInformation);
  if (::SetFileInformationByHandle(HandleOf(file), FileBasicInfo, &basic, sizeof basic) != 0) return 0;
  return FailWithLastError();
}

Descriptor Calls::OpenDirect(Descriptor file, DWORD access, DWORD flags) {
  counters_.Count(Sys::kReOpenFile);
  constexpr DWORD kShare = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  const HANDLE opened = ::ReOpenFile(HandleOf(file), access, kShare, FILE_FLAG_NO_BUFFERING | flags);
  if (opened == INVALID_HANDLE_VALUE) FailWithLastError();
  return DescriptorOf(opened);
}

Descriptor Calls::OpenDirectToRead(Descriptor file) { return OpenDirect(file, GENERIC_READ, 0); }

Descriptor Calls::OpenDirectToWrite(Descriptor file) {
  return OpenDirect(file, GENERIC_WRITE, IsWriteThrough(file) ? FILE_FLAG_WRITE_THROUGH : 0);
}

void* Calls::MapView(Descriptor file, size_t size, uint64_t offset, DWORD protection, DWORD access) {
  counters_.Count(Sys::kCreateFileMapping);
  const HANDLE section = ::CreateFileMappingW(HandleOf(file), nullptr, protection, 0, 0, nullptr);
  if (section == nullptr) return FailToMap(file, offset + size), MAP_FAILED;
  counters_.Count(Sys::kMapViewOfFile);
  const auto high = static_cast<DWORD>(offset >> 32);
  void* const at = ::MapViewOfFile(section, access, high, static_cast<DWORD>(offset), size);
  if (at == nullptr) FailToMap(file, offset + size);
  // The view keeps the section.
  ::CloseHandle(section);
  return at != nullptr ? at : MAP_FAILED;
}

void* Calls::Map(Descriptor file, size_t size, uint64_t offset) {
  return MapView(file, size, offset, PAGE_READONLY, FILE_MAP_READ);
}

void* Calls::MapShared(Descriptor file, size_t size, uint64_t offset) {
  return MapView(file, size, offset, PAGE_READWRITE, FILE_MAP_READ | FILE_MAP_WRITE);
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
  facts->regular = !IsFolder(found.dwFileAttributes);
  facts->size = (uint64_t{found.nFileSizeHigh} << 32) | found.nFileSizeLow;
  facts->mtimeNs = NanosecondsOf(found.ftLastWriteTime);
  return 0;
}

int Calls::Truncate(Descriptor file, uint64_t size) {
  counters_.Count(Sys::kSetFileInformation);
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  const BOOL done = ::SetFileInformationByHandle(HandleOf(file), FileEndOfFileInfo, &end, sizeof end);
  return done != 0 ? 0 : FailWithLastError();
}

int64_t Calls::Seek(Descriptor file, uint64_t offset, int what) {
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
    return what == SEEK_DATA ? -1 : static_cast<int64_t>(offset);
  }
  const int64_t start = std::max<int64_t>(found.FileOffset.QuadPart, from.FileOffset.QuadPart);
  return what == SEEK_DATA ? start : found.FileOffset.QuadPart + found.Length.QuadPart;
}

short Calls::SocketEvents(Descriptor socket, short wanted) {
  counters_.Count(Sys::kWSAEnumNetworkEvents);
  WSANETWORKEVENTS events{};
  if (::WSAEnumNetworkEvents(socket, HandleOf(ready_.get()), &events) != 0) return POLLHUP;
  int found = 0;
  if ((events.lNetworkEvents & FD_READ) != 0) found |= POLLIN;
  if ((events.lNetworkEvents & FD_WRITE) != 0) found |= POLLOUT;
  if ((events.lNetworkEvents & FD_CLOSE) != 0) {
    sawEnd_ = true;
    if (events.iErrorCode[FD_CLOSE_BIT] != 0) found |= POLLHUP;
    else if ((wanted & POLLIN) != 0) found |= POLLIN;
  }
  return static_cast<short>(found);
}

int Calls::Poll(pollfd* fds, size_t count, int timeoutMs) {
  const short wanted = fds[0].events;
  long mask = (wanted & POLLOUT) != 0 ? FD_WRITE : 0;
  if ((wanted & POLLIN) != 0) mask |= FD_READ | FD_CLOSE;
  else if (!sawEnd_) mask |= FD_CLOSE;
  // Asking anew tells what is true already: else only changes would be told.
  counters_.Count(Sys::kWSAEventSelect);
  if (::WSAEventSelect(fds[0].fd, HandleOf(ready_.get()), mask) != 0) return FailWithSocketError();
  HANDLE handles[3] = {HandleOf(ready_.get())};
  DWORD size = 1;
  if (count > 1) handles[size++] = HandleOf(fds[1].fd);
  if (kernel_ != nullptr) handles[size++] = kernel_;
  counters_.Count(Sys::kWaitForMultipleObjects);
  const DWORD limit = timeoutMs < 0 ? INFINITE : static_cast<DWORD>(timeoutMs);
  const DWORD answer = ::WaitForMultipleObjects(size, handles, FALSE, limit);
  if (answer == WAIT_FAILED) return FailWithLastError();
  if (answer == WAIT_TIMEOUT) return 0;
  int found = SocketEvents(fds[0].fd, wanted);
  if (kernel_ != nullptr && ::WaitForSingleObject(kernel_, 0) == WAIT_OBJECT_0) found |= POLLERR;
  fds[0].revents = static_cast<short>(found);
  int ready = found != 0 ? 1 : 0;
  if (count > 1 && ::WaitForSingleObject(HandleOf(fds[1].fd), 0) == WAIT_OBJECT_0) {
    fds[1].revents = POLLIN;
    ready += 1;
  }
  return ready;
}

int Calls::SetOption(Descriptor socket, int level, int name, int value) {
  counters_.Count(Sys::kSetsockopt);
  const int result = ::setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof value);
  return result == 0 ? 0 : FailWithSocketError();
}

int Calls::Shutdown(Descriptor socket, int how) {
  counters_.Count(Sys::kShutdown);
  return ::shutdown(socket, how) == 0 ? 0 : FailWithSocketError();
}

// There is no call that only starts it: this one waits until the file is on the disk.
int Calls::StartWriteBack(Descriptor file) {
  counters_.Count(Sys::kFlushFileBuffers);
  return ::FlushFileBuffers(HandleOf(file)) != 0 ? 0 : FailWithLastError();
}

}  // namespace penstock
