// The system calls of the engine's own threads, counted by name. One implementation for each system (os/*/system/calls.cc).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/source_path.h"
#include "facts/counters.h"
#include "platform.h"
#include "system/file_time.h"
#include "system/map_options.h"
#include "system/unique_fd.h"

namespace penstock {

/** The flag that opens a file past the page cache, as reports name it. */
extern const char* const kDirectFlag;
/** The flag of reads and writes that leave nothing in the page cache, as reports name it. */
extern const char* const kUncachedFlag;
/** Done to each window of a mapped file unless options replace it. */
extern const MapOption kUsualMapOption;
/** The call that does it. */
const char* MapOptionCall(MapOption option);

/** Facts of an open file. */
struct FileFacts {
  bool regular = false;
  /** Equal for two files on the same device. */
  uint64_t device = 0;
  uint64_t size = 0;
  /** Last modification; `mtimeNs` is the same by NanosecondsOf. */
  FileTime modified;
  int64_t mtimeNs = 0;
  /** Nothing where the system has no permission bits. */
  std::optional<uint32_t> permissions;
};

/**
 * Belongs to one thread. Unless noted, a member makes one system call and counts it by name, also if it fails. Members
 * return -1 (kNoDescriptor, nullptr) with errno if they fail; EOPNOTSUPP, uncounted, if the
 * system has no such call. No call on a socket blocks but Poll.
 */
class Calls {
 public:
  explicit Calls(Counters& counters);
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  Counters& counters() const { return counters_; }

  /** Sends on a socket. `more`: further data follows at once and may share the last segment, if the system can. */
  ssize_t Send(Descriptor socket, const void* data, size_t size, bool more = false);
  /** Sends `count` buffers in order. EFAULT if a page of one is not available. */
  ssize_t SendVector(Descriptor socket, iovec* parts, size_t count);
  /** Receives from a socket. 0 once the peer has closed. */
  ssize_t Receive(Descriptor socket, void* data, size_t size);
  /**
   * Waits until one of `fds` is ready, for `timeoutMs` milliseconds at most; a negative timeout is infinite. `fds[0]` is
   * the socket; `fds[1]`, if `count` is 2, is a Wake. More than one call on Windows.
   */
  int Poll(pollfd* fds, size_t count, int timeoutMs);
  int SetOption(Descriptor socket, int level, int name, const void* value, size_t size);
  int SetOption(Descriptor socket, int level, int name, int value) {
    return SetOption(socket, level, name, &value, sizeof value);
  }
  /** False for a local pair. */
  bool IsTcp(Descriptor socket);
  int Shutdown(Descriptor socket, int how);
  int CloseSocket(Descriptor socket);

  /** Reads at `offset`. 0 at the end of the file. */
  ssize_t Pread(Descriptor file, void* data, size_t size, uint64_t offset);
  /** The same, and leaves no page in the page cache that was not there. EOPNOTSUPP where that cannot be done. */
  ssize_t PreadUncached(Descriptor file, void* data, size_t size, uint64_t offset);
  /** Writes at `offset`. */
  ssize_t Pwrite(Descriptor file, const void* data, size_t size, uint64_t offset);
  /**
   * The same; the pages leave the page cache once they are on the disk, to which the call begins to write them. EOPNOTSUPP
   * where that cannot be done.
   */
  ssize_t PwriteUncached(Descriptor file, const void* data, size_t size, uint64_t offset);
  /**
   * Opens a file to be sent. Follows no link, and does not block on a FIFO. More than one call where the folder is another
   * than that of the file before: the folder stays open.
   */
  Descriptor OpenSource(const SourcePath& file);
  /**
   * Opens a file in the staging folder for reading and writing, and creates or empties it. `exclusive`: fails with EEXIST
   * if the name is taken. `through`: a write returns once its data is on the disk.
   */
  Descriptor OpenStaging(Descriptor folder, const std::string& name, bool through, bool exclusive);
  /** Opens the same file again for reads past the page cache. EOPNOTSUPP if the file system has no such path. */
  Descriptor OpenDirectToRead(Descriptor file);
  /** The same for writes; keeps `through`. */
  Descriptor OpenDirectToWrite(Descriptor file);
  int Close(Descriptor file);
  int Facts(Descriptor file, FileFacts* facts);
  /** Sets permission bits (on Windows only whether the owner may write). */
  int SetMode(Descriptor file, uint32_t mode);
  /** Sets the time of the last modification. */
  int SetTime(Descriptor file, const FileTime& time);
  /** Sets the size of a file. On macOS it also allocates the first blocks. */
  int Truncate(Descriptor file, uint64_t size);
  /** Allocates the blocks of a range within the file's size. Data that is there stays. */
  int Allocate(Descriptor file, uint64_t offset, uint64_t size);
  /** The next offset of `whence` SEEK_DATA or SEEK_HOLE from `offset` on; ENXIO if no data follows. */
  int64_t Seek(Descriptor file, uint64_t offset, int whence);
  /** Starts to write the file's dirty pages to the disk. Waits for them if the system cannot only start. */
  int StartWriteBack(Descriptor file);

  /** Maps a part of a file for reading. `offset` is a multiple of 64 KiB. Two calls on Windows. */
  void* Map(Descriptor file, size_t size, uint64_t offset);
  /** The same for reading and writing. */
  void* MapShared(Descriptor file, size_t size, uint64_t offset);
  int Unmap(void* at, size_t size);
  /** Applies an option to mapped pages. EOPNOTSUPP if the system does not have it. */
  int Prepare(void* at, size_t size, MapOption option);
  /** Makes mapped pages present and writable. Does nothing if only page faults can. */
  int PopulateToWrite(void* at, size_t size);

  /** State that a system keeps between two calls of Poll. */
  struct PollState;
  PollState& pollState() { return *poll_; }

 private:
  /** State that a system keeps between two calls of OpenSource. */
  struct SourceState;

  Counters& counters_;
  std::unique_ptr<PollState> poll_;
  std::unique_ptr<SourceState> source_;
};

}  // namespace penstock
