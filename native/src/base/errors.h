// Codes that travel on the wire (WIRE.md's table) and what a single step of moving bytes can answer.
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
  kPeerGone = 1000,
};

/** Name of the code table, e.g. "disk-full". */
const char* CodeName(Code code);
/** The code with this name, or nothing. */
std::optional<Code> CodeFromName(std::string_view name);
/** A code read off the wire; a value that this version does not know is `internal`. */
Code CodeFromWire(uint32_t value);
/** The value to put on the wire; local codes become `io`. */
uint32_t CodeToWire(Code code);
/** The number that an errno value has in a frame: Linux's; EIO's for one that is not in the table. */
uint32_t ErrnoToWire(int error);
int ErrnoFromWire(uint32_t value);
/** What a failure to write a received file is called. */
Code CodeForTargetErrno(int error);
/** What a failure to open or read a file to be sent is called. */
Code CodeForSourceErrno(int error);
/** True for errors that are the connection's and not the file's. */
bool IsConnectionErrno(int error);
/** True for answers that mean "not here": another technique may do what this one cannot. */
bool IsUnsupportedErrno(int error);
/** errno's name, e.g. "ENOSPC"; "EUNKNOWN" where it has none. */
const char* ErrnoText(int error);

/** One file that could not be carried. */
struct Failure {
  uint32_t index = 0;
  Code code = Code::kNone;
  int error = 0;
};

/**
 * How a session ended. kUnconfirmed: it was cancelled after END, and the receiver has sent neither that it is done nor that it
 * has cancelled.
 */
struct SessionEnd {
  enum class Kind { kDone, kPeerError, kCancelled, kFailed, kUnconfirmed };
  Kind kind = Kind::kDone;
  Code code = Code::kNone;
  const char* syscall = "";
};

/** Ends a stream's thread from within; the session takes `end` for its own unless it has one already. */
struct StreamStop {
  SessionEnd end;
};

/** The session is ending for a reason that it knows already. */
struct SessionStopping {};

[[noreturn]] inline void FailStream(Code code, const char* syscall = "") {
  throw StreamStop{SessionEnd{SessionEnd::Kind::kFailed, code, syscall}};
}

/** What one non-blocking step of a technique did. A partial move is progress. */
struct Step {
  enum class Kind {
    kMoved,         // `moved` bytes, at least one
    kWouldBlock,    // the socket is not ready
    kAwaitKernel,   // the kernel has to be done with what was sent first: its word comes on the error queue
    kNotSupported,  // not here: the next technique may try (`error`, `syscall` say why); `moved` may be above 0
    kSourceEnded,   // the file ends before the range does
    kFileFailed,    // the file's side failed
    kSocketFailed,  // the connection's side failed
    kPeerClosed,    // the other side has closed
  };
  Kind kind = Kind::kWouldBlock;
  uint64_t moved = 0;
  int error = 0;
  const char* syscall = "";
};

}  // namespace penstock
