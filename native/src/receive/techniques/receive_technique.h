// How bytes get from a socket into a file. The loop around it is in range_receiver.cc.
#pragma once

#include <memory>

#include "base/calls.h"
#include "base/failure.h"
#include "base/technique.h"
#include "connection/transport.h"
#include "wire/crc32c.h"

namespace penstock {

/** Belongs to one stream's thread. Never takes more than `length` bytes out of the transport. */
class ReceiveTechnique {
 public:
  virtual ~ReceiveTechnique() = default;
  virtual Technique technique() const = 0;
  /** True when content passes through the technique's buffer, so that Receive can feed the check. */
  virtual bool SeesContent() const { return false; }
  /** A range begins that ends at `end`: the technique releases what it holds of another. */
  virtual void Begin(uint64_t /*end*/) {}
  /**
   * The range has ended: the technique releases the file. Returns 0, or the errno of data written before that is lost.
   */
  virtual int End() { return 0; }
  /** One non-blocking step: moves up to `length` bytes to `offset`. `check` is fed only where SeesContent. */
  virtual Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) = 0;
};

/** The technique, or nothing where this build does not have it. */
std::unique_ptr<ReceiveTechnique> MakeReceiveTechnique(Technique technique, size_t bufferBytes, Calls& calls);

std::unique_ptr<ReceiveTechnique> MakeReceiveReadWrite(size_t bufferBytes, Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveSplice(Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveMmap(Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveKtls(Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveUnseal(Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveDirect(Calls& calls);

/** Writes all of it at `offset`. Returns 0, or errno. */
int WriteWhole(Calls& calls, Descriptor file, const uint8_t* data, size_t size, uint64_t offset);

}  // namespace penstock
