// How bytes get from a socket into a file. The loop around it is in range_receiver.cc.
#pragma once

#include <memory>

#include "base/technique.h"
#include "connection/transport.h"
#include "errors/failure.h"
#include "session/session.h"
#include "system/calls.h"
#include "wire/crc32c/crc32c.h"

namespace penstock {

/** Belongs to one stream's thread. Never takes more than `length` bytes out of the transport. */
class ReceiveTechnique {
 public:
  explicit ReceiveTechnique(Technique technique) : technique_(technique) {}
  virtual ~ReceiveTechnique() = default;
  Technique technique() const { return technique_; }
  /** True when content passes through the technique's buffer, so that Receive can feed the check. */
  virtual bool SeesContent() const { return false; }
  /** A range begins that ends at `end`: the technique releases what it holds of another. */
  virtual void Begin(uint64_t /*end*/) {}
  /**
   * The range has ended: the technique releases the file. Returns 0, or the errno of data written before that is lost.
   */
  virtual int End() { return 0; }
  /**
   * One non-blocking step: moves up to `length` bytes to `offset`. `check` is fed only if SeesContent. After kFileFailed
   * the technique holds no bytes of the range.
   */
  virtual Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) = 0;

 private:
  const Technique technique_;
};

/** The technique, or nothing if this build does not have it. */
std::unique_ptr<ReceiveTechnique> MakeReceiveTechnique(Technique technique, const SessionOptions& options,
                                                       Calls& calls);

std::unique_ptr<ReceiveTechnique> MakeReceiveReadWrite(const SessionOptions& options, Calls& calls);

/** Makes a technique that takes no option. */
using ReceiveMaker = std::unique_ptr<ReceiveTechnique>(Calls& calls);
ReceiveMaker MakeReceiveSplice, MakeReceiveMmap, MakeReceiveKtls, MakeReceiveUnseal, MakeReceiveDirect;

}  // namespace penstock
