// The codes of WIRE.md's table, and errno values as codes, names and numbers of the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

/** WIRE.md's code table. Values from 1000 are local and never travel. */
enum class Code : uint32_t {
  kNone = 0,
  kCancelled = 1,
  kRefused = 2,
  kProtocol = 3,
  kIo = 4,
  kDiskFull = 5,
  kNoPermission = 6,
  kFileChanged = 7,
  kFileShrank = 8,
  kFileVanished = 9,
  kNotReadable = 10,
  kCheckFailed = 11,
  kUnsafeName = 12,
  kNameTaken = 13,
  kTooLarge = 14,
  kTimedOut = 15,
  kInternal = 16,
  kNameTooLong = 17,
  kNameCollision = 18,
  kLinkOutside = 19,
  // The receiver's rule for a taken name keeps what is there.
  kKeptExisting = 20,
  kLinksUnsupported = 21,
  kPeerGone = 1000,
  // A sealed stream has no records left for the content, nor has another one.
  kRecordsSpent = 1001,
};

/** Name of the code table, e.g. "disk-full". */
const char* CodeName(Code code);
/** The code with this name, or nothing. */
std::optional<Code> CodeFromName(std::string_view name);
/** A code from the wire; `internal` for a value that this version does not have. */
Code CodeFromWire(uint32_t value);
/** The value of a code on the wire; local codes become `io`. */
uint32_t CodeToWire(Code code);
/** The number of an errno value in a frame: that of Linux; EIO's for one outside the table. */
uint32_t ErrnoToWire(int error);
int ErrnoFromWire(uint32_t value);
/** The code for an error on the receiving side of a file. */
Code CodeForTargetErrno(int error);
/** Whether an error on the receiving side of a file meets every file, and not only this one. */
bool EndsTarget(int error);
/** Whether an error of a new name in a folder means that the folder has been removed. */
bool IsFolderGone(int error);
/** The code for an error on the sending side of a file. */
Code CodeForSourceErrno(int error);
/** The code for an error on the connection; 0 if the peer has closed it. */
Code CodeForConnectionErrno(int error);
/** Whether an error belongs to the connection, not to a file. */
bool IsConnectionErrno(int error);
/** Whether an error is of a record that is not authentic, or of bytes that are no record. */
bool IsRecordErrno(int error);
/**
 * Whether an error of a call that another one can replace means that it is not supported here: by the kernel, a sandbox
 * (EPERM), the file system, or for these two files. If there is another cause, the call that replaces it shows it.
 */
bool IsUnsupportedErrno(int error);
/** The name of an errno value, e.g. "ENOSPC"; "EUNKNOWN" if it has none. */
const char* ErrnoText(int error);

}  // namespace penstock
