// The calls that Linux and macOS make alike. The rest is in os/linux/system/calls.cc and os/macos/system/calls.cc.
#include "system/calls.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <climits>

#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/source/source_folder.h"
#include "os/posix/system/posix_calls.h"

namespace penstock {

namespace {

void* MapPages(int file, size_t size, uint64_t offset, int protection) {
  void* at = ::mmap(nullptr, size, protection, MAP_SHARED, file, static_cast<off_t>(offset));
  return at == MAP_FAILED ? nullptr : at;
}

}  // namespace

/** poll(2) keeps its state in the kernel. */
struct Calls::PollState {};

struct Calls::SourceState {
  explicit SourceState(Calls& calls) : folder(calls) {}
  SourceFolder folder;
};

const MapOption kUsualMapOption = MapOption::kSequential;

const char* MapOptionCall(MapOption option) { return option == MapOption::kLock ? "mlock" : "madvise"; }

Calls::Calls(Counters& counters)
    : counters_(counters), poll_(std::make_unique<PollState>()), source_(std::make_unique<SourceState>(*this)) {}

Calls::~Calls() = default;

ssize_t Calls::Receive(Descriptor socket, void* data, size_t size) {
  counters_.Count(Sys::kRecvfrom);
  return ::recv(socket, data, size, MSG_DONTWAIT);
}

int Calls::SetOption(Descriptor socket, int level, int name, const void* value, size_t size) {
  counters_.Count(Sys::kSetsockopt);
  return ::setsockopt(socket, level, name, value, static_cast<socklen_t>(size));
}

int Calls::Shutdown(Descriptor socket, int how) {
  counters_.Count(Sys::kShutdown);
  return ::shutdown(socket, how);
}

int Calls::CloseSocket(Descriptor socket) { return Close(socket); }

ssize_t Calls::Pread(Descriptor file, void* data, size_t size, uint64_t offset) {
  counters_.Count(Sys::kPread64);
  return ::pread(file, data, size, static_cast<off_t>(offset));
}

ssize_t Calls::Pwrite(Descriptor file, const void* data, size_t size, uint64_t offset) {
  counters_.Count(Sys::kPwrite64);
  return ::pwrite(file, data, size, static_cast<off_t>(offset));
}

Descriptor Calls::OpenSource(const SourcePath& file) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  if (file.root == 0 && file.path.size() < PATH_MAX) return PosixCalls(*this).Open(AT_FDCWD, file.path.c_str(), kFlags);
  const int folder = source_->folder.Of(file);
  if (folder < 0) return kNoDescriptor;
  const std::string name = file.path.substr(file.path.rfind('/') + 1);
  return PosixCalls(*this).Open(folder, name.c_str(), kFlags);
}

int Calls::Close(Descriptor file) {
  counters_.Count(Sys::kClose);
  return ::close(file);
}

int Calls::SetMode(Descriptor file, uint32_t mode) {
  counters_.Count(Sys::kFchmod);
  return ::fchmod(file, static_cast<mode_t>(mode & 0777));
}

int Calls::SetTime(Descriptor file, const FileTime& time) {
  counters_.Count(Sys::kUtimensat);
  // Both: file systems of FUSE 2 ignore a call that leaves one out.
  const timespec both{static_cast<time_t>(time.seconds), time.nanoseconds};
  const timespec times[2] = {both, both};
  return ::futimens(file, times);
}

int64_t Calls::Seek(Descriptor file, uint64_t offset, int whence) {
  counters_.Count(Sys::kLseek);
  return ::lseek(file, static_cast<off_t>(offset), whence);
}

void* Calls::Map(Descriptor file, size_t size, uint64_t offset) {
  counters_.Count(Sys::kMmap);
  return MapPages(file, size, offset, PROT_READ);
}

void* Calls::MapShared(Descriptor file, size_t size, uint64_t offset) {
  counters_.Count(Sys::kMmap);
  return MapPages(file, size, offset, PROT_READ | PROT_WRITE);
}

int Calls::Prepare(void* at, size_t size, MapOption option) {
  switch (option) {
    case MapOption::kSequential:
      return PosixCalls(*this).Advise(at, size, MADV_SEQUENTIAL);
    case MapOption::kWillNeed:
      return PosixCalls(*this).Advise(at, size, MADV_WILLNEED);
    case MapOption::kPopulate:
      return PosixCalls(*this).PopulateToRead(at, size);
    case MapOption::kLock:
      break;
  }
  counters_.Count(Sys::kMlock);
  return ::mlock(at, size);
}

int Calls::Unmap(void* at, size_t size) {
  counters_.Count(Sys::kMunmap);
  return ::munmap(at, size);
}

int PosixCalls::Open(int folder, const char* path, int flags, mode_t mode) {
  counters_.Count(Sys::kOpenat);
  return ::openat(folder, path, flags, mode);
}

int PosixCalls::OpenBeneath(int folder, const char* path, int flags) {
  counters_.Count(Sys::kOpenat2);
  return penstock::OpenBeneath(folder, path, flags).release();
}

int PosixCalls::Advise(void* at, size_t size, int advice) {
  counters_.Count(Sys::kMadvise);
  return ::madvise(at, size, advice);
}

}  // namespace penstock
