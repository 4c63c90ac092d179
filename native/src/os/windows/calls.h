// The system calls of a stream's thread, each counted by its name, with POSIX's answers: -1 and errno.
#pragma once

#include <cstdint>
#include <string>

#include "base/counters.h"
#include "base/map_options.h"
#include "base/unique_fd.h"
#include "platform.h"

namespace penstock {

/** What has a file opened past the system's cache. */
constexpr const char* kDirectFlag = "FILE_FLAG_NO_BUFFERING";
/** What is done to a window where nothing else is asked for. */
constexpr MapOption kUsualMapOption = MapOption::kWillNeed;
/** The call that does it. */
constexpr const char* MapOptionCall(MapOption option) {
  return option == MapOption::kLock ? "VirtualLock" : "PrefetchVirtualMemory";
}

/** A file's size and time. */
struct FileFacts {
  bool regular = false;
  uint64_t size = 0;
  int64_t mtimeNs = 0;
};

/** Belongs to one thread. Each member but Poll makes one system call and counts it, whatever it answers. */
class Calls {
 public:
  explicit Calls(Counters& counters);
  Counters& counters() { return counters_; }

  ssize_t Send(Descriptor socket, const void* data, size_t size, bool more = false);
  ssize_t SendVector(Descriptor socket, const iovec* parts, size_t count);
  ssize_t Receive(Descriptor socket, void* data, size_t size);
  ssize_t Pread(Descriptor file, void* data, size_t size, uint64_t offset);
  ssize_t Pwrite(Descriptor file, const void* data, size_t size, uint64_t offset);
  /** A file to be read. Not through a link. */
  Descriptor OpenSource(const std::string& path);
  /** An empty file in the staging folder; `through`: what is written to it is on the disk when the call returns. `exclusive`: EEXIST where it is. */
  Descriptor OpenStaging(Descriptor folder, const std::string& name, bool through, bool exclusive);
  /** Whether it may be written to, and the time of the last write. */
  int SetModeAndTime(Descriptor file, uint32_t mode, int64_t seconds, int32_t nanoseconds);
  /** The same file again, past the system's cache. */
  Descriptor OpenDirectToRead(Descriptor file);
  /** What is written to it is on the disk at once where that was asked for of `file`. */
  Descriptor OpenDirectToWrite(Descriptor file);
  int Close(Descriptor file);
  int CloseSocket(Descriptor socket);
  int Facts(Descriptor file, FileFacts* facts);
  int Truncate(Descriptor file, uint64_t size);
  /** A file has its blocks here since it was given its size. */
  int Allocate(Descriptor /*file*/, uint64_t /*offset*/, uint64_t /*size*/) { return 0; }
  /** Part of a file as memory; `offset` is a multiple of 64 KiB. MAP_FAILED with errno. Two calls: the section, the view. */
  void* Map(Descriptor file, size_t size, uint64_t offset);
  void* MapShared(Descriptor file, size_t size, uint64_t offset);
  int Unmap(void* at, size_t size);
  /** PrefetchVirtualMemory and VirtualLock; the others there are not. */
  int Prepare(void* at, size_t size, MapOption option);
  /** Nothing does that here: the pages come by faults. */
  int PopulateToWrite(void* /*at*/, size_t /*size*/) { return 0; }
  /** SEEK_DATA or SEEK_HOLE: the offset of the next one; ENXIO where there is no data any more. */
  int64_t Seek(Descriptor file, uint64_t offset, int what);
  /**
   * Waits for `fds[0]`, a socket, and where `count` is 2 for `fds[1]`, an event, and for what AwaitToo has named: that
   * is told as POLLERR of the socket.
   */
  int Poll(pollfd* fds, size_t count, int timeoutMs);
  /** An event that Poll waits for as well; nullptr for none any more. */
  void AwaitToo(HANDLE event) { kernel_ = event; }
  int SetOption(Descriptor socket, int level, int name, int value);
  /** There is no other local pair than a TCP connection here. */
  bool IsTcp(Descriptor /*socket*/) { return true; }
  int Shutdown(Descriptor socket, int how);
  int StartWriteBack(Descriptor file);

 private:
  Descriptor OpenDirect(Descriptor file, DWORD access, DWORD flags);
  void* MapView(Descriptor file, size_t size, uint64_t offset, DWORD protection, DWORD access);
  short SocketEvents(Descriptor socket, short wanted);

  Counters& counters_;
  // Set by the system when the socket has something of what Poll asked for.
  UniqueFd ready_;
  HANDLE kernel_ = nullptr;
  // The peer's orderly end has been seen: it would be told again at once by each wait.
  bool sawEnd_ = false;
};

}  // namespace penstock
