// How bytes of a socket get into a file. The loop around it is written once, in range_receiver.cc.
#pragma once

#include <memory>

#include "base/calls.h"
#include "base/failure.h"
#include "base/technique.h"
#include "wire/crc32c.h"

namespace penstock {

/** Belongs to one stream's thread. Never takes more than `length` bytes out of the socket. */
class ReceiveTechnique {
 public:
  virtual ~ReceiveTechnique() = default;
  virtual Technique technique() const = 0;
  /**
   * True when the content passes through a buffer of its own, so that Receive can feed the check by itself.
   */
  virtual bool SeesContent() const { return false; }
  /** A range of the file begins that ends at `end`: what is kept of another one must go. */
  virtual void Begin(uint64_t /*end*/) {}
  /**
   * No more of the range comes: nothing of the file is held any longer. 0, or the errno with which the system says that
   * what was written before is lost.
   */
  virtual int End() { return 0; }
  /** One non-blocking step: moves up to `length` bytes to `offset`. `check` is fed only where SeesContent. */
  virtual Step Receive(Descriptor socket, Descriptor file, uint64_t offset, uint64_t length, Crc32c* check) = 0;
};

/** The technique, or nothing where this build does not have it. */
std::unique_ptr<ReceiveTechnique> MakeReceiveTechnique(Technique technique, size_t bufferBytes, Calls& calls);

std::unique_ptr<ReceiveTechnique> MakeReceiveReadWrite(size_t bufferBytes, Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveSplice(Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveMmap(Calls& calls);
std::unique_ptr<ReceiveTechnique> MakeReceiveDirect(Calls& calls);

/** Writes all of it at `offset`, or says which errno stopped it (0: nothing did). */
int WriteWhole(Calls& calls, Descriptor file, const uint8_t* data, size_t size, uint64_t offset);

}  // namespace penstock
