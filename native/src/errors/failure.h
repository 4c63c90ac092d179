// What failed, as one value, and how it ends a step, a thread or a session.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "errors/errors.h"

namespace penstock {

/** What failed. Fields that do not apply keep their defaults. */
struct Failure {
  /** Of WIRE.md's table; kNone if errno alone is the reason. */
  Code code = Code::kNone;
  /** The errno value of a call. */
  int error = 0;
  /** The call. */
  const char* syscall = "";
  /** The entry of the manifest. */
  uint32_t index = 0;
  /** The path that the call was given. */
  std::string path{};

  explicit operator bool() const { return code != Code::kNone || error != 0; }
  Failure of(uint32_t entry) const { return {code, error, syscall, entry, path}; }
};

/** A call on a file to be sent, or on one being received, that failed. */
inline Failure SourceFailure(int error, const char* syscall) { return {CodeForSourceErrno(error), error, syscall}; }
inline Failure TargetFailure(int error, const char* syscall) { return {CodeForTargetErrno(error), error, syscall}; }

/** The call, its errno value and its path, as text. */
std::string Describe(const Failure& failure);

/** A system call that failed, if its caller cannot go on. */
class SystemError : public std::runtime_error {
 public:
  SystemError(int error, const char* syscall, std::string path = "");
  const Failure& failure() const { return failure_; }
  int error() const { return failure_.error; }

 private:
  Failure failure_;
};

/** How a session ended. kUnconfirmed: cancelled after END, without DONE or ERROR from the receiver since. */
struct SessionEnd {
  enum class Kind { kDone, kPeerError, kCancelled, kFailed, kUnconfirmed };
  Kind kind = Kind::kDone;
  Failure failure{};
};

/** Ends a thread of a session, and the session with `end` unless it has ended. */
struct StreamStop {
  SessionEnd end;
};

/** Ends a thread of a session that has ended. */
struct SessionStopping {};

[[noreturn]] inline void FailStream(Code code, const char* syscall = "") {
  throw StreamStop{SessionEnd{SessionEnd::Kind::kFailed, {code, 0, syscall}}};
}

/** An error of the target that the next file would meet as well. */
[[noreturn]] inline void FailTarget(int error, const char* syscall) {
  throw StreamStop{SessionEnd{SessionEnd::Kind::kFailed, TargetFailure(error, syscall)}};
}

/** The result of one non-blocking step of a technique. A partial move is progress. */
struct Step {
  enum class Kind {
    kMoved,         // `moved` bytes, at least one
    kWouldBlock,    // the socket is not ready
    kAwaitKernel,   // the kernel must finish earlier calls first; it reports that on the error queue
    kNotSupported,  // `failure` has the reason; the next technique may try; `moved` may be above 0
    kSourceEnded,   // the file ends before the range does
    kFileFailed,    // a call failed on the file
    kSocketFailed,  // a call failed on the connection
    kPeerClosed,    // the peer has closed
  };
  Kind kind = Kind::kWouldBlock;
  uint64_t moved = 0;
  Failure failure{};
  /** Of a receiver whose file failed: bytes that have left the connection and are not in the file, after those moved. */
  uint64_t dropped = 0;
};

}  // namespace penstock
