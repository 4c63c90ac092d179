// How a range of a file gets into a socket. The loop around it is written once, in range_sender.cc.
#pragma once

#include <memory>
#include <optional>

#include "base/calls.h"
#include "base/failure.h"
#include "base/map_options.h"
#include "base/technique.h"
#include "session/session.h"
#include "wire/crc32c.h"

namespace penstock {

/**
 * The file that a range is of. `key` is the same for two ranges exactly when they are of the same opened
 * file.
 */
struct SourceView {
  Descriptor fd = kNoDescriptor;
  uint64_t key = 0;
  uint64_t size = 0;
};

/** Whether the file ends before what is to be sent of it; false too where the system does not say. */
inline bool IsCutShort(Calls& calls, const SourceView& file) {
  FileFacts facts;
  return calls.Facts(file.fd, &facts) == 0 && facts.size < file.size;
}

/** Belongs to one stream's thread. */
class SendTechnique {
 public:
  virtual ~SendTechnique() = default;
  virtual Technique technique() const = 0;
  /** A range begins: nothing that was read before may be sent again. */
  virtual void Begin() {}
  /** True when the content passes through a buffer of its own, so that Send can feed the check by itself. */
  virtual bool SeesContent() const { return false; }
  /** True when the kernel is done with all that was sent: else its word is to be waited for. */
  virtual bool Settle(Descriptor /*socket*/) { return true; }
  /**
   * The stream ends: what the kernel still holds of a step is taken back. Content bytes that it has sent since the last
   * answer, or nothing where that cannot be known: then nothing more can be said on the connection.
   */
  virtual std::optional<uint64_t> Withdraw(bool /*hurried*/) { return 0; }
  /** Reads what the kernel has to say of bytes sent; called whenever the socket's error queue has something. */
  virtual void ReadCompletions(Descriptor /*socket*/) {}
  /**
   * One non-blocking step: moves up to `length` bytes from `offset`. `check` is fed only where SeesContent.
   */
  virtual Step Send(Descriptor socket, const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) = 0;
};

/** The technique, or nothing where this build does not have it. */
std::unique_ptr<SendTechnique> MakeSendTechnique(Technique technique, const SessionOptions& options, Calls& calls);

std::unique_ptr<SendTechnique> MakeSendReadWrite(size_t bufferBytes, Calls& calls);
std::unique_ptr<SendTechnique> MakeSendMmap(MapOptions options, Calls& calls);
std::unique_ptr<SendTechnique> MakeSendGather(Calls& calls);
std::unique_ptr<SendTechnique> MakeSendSendfile(Calls& calls);
std::unique_ptr<SendTechnique> MakeSendSplice(Calls& calls);
std::unique_ptr<SendTechnique> MakeSendDirect(Calls& calls);
std::unique_ptr<SendTechnique> MakeSendZerocopy(Calls& calls);
std::unique_ptr<SendTechnique> MakeSendTransmitFile(Calls& calls);

}  // namespace penstock
