// How a range of a file gets into a socket. The loop around it is in range_sender.cc.
#pragma once

#include <memory>
#include <optional>

#include "base/technique.h"
#include "connection/transport.h"
#include "errors/failure.h"
#include "session/session.h"
#include "system/calls.h"
#include "system/map_options.h"
#include "wire/crc32c/crc32c.h"

namespace penstock {

/** The file of a range. Two ranges have the same `key` exactly when they are of the same open file. */
struct SourceView {
  Descriptor fd = kNoDescriptor;
  uint64_t key = 0;
  uint64_t size = 0;
};

/** Whether the file ends before the data to be sent; false too if that is unknown. */
inline bool IsCutShort(Calls& calls, const SourceView& file) {
  FileFacts facts;
  return calls.Facts(file.fd, &facts) == 0 && facts.size < file.size;
}

/** Belongs to one stream's thread. */
class SendTechnique {
 public:
  explicit SendTechnique(Technique technique) : technique_(technique) {}
  virtual ~SendTechnique() = default;
  Technique technique() const { return technique_; }
  /** A range begins: the technique drops what it has read before. */
  virtual void Begin() {}
  /** True when content passes through the technique's buffer, so that Send can feed the check. */
  virtual bool SeesContent() const { return false; }
  /** True when the kernel has finished with all that was sent; otherwise the caller waits for the error queue. */
  virtual bool Settle(Descriptor /*socket*/) { return true; }
  /**
   * The stream ends: withdraws what the kernel still holds of a step. Returns the content bytes that it has sent since
   * the last step, or nothing if that is unknown: nothing more can be sent on the connection then.
   */
  virtual std::optional<uint64_t> Withdraw(bool /*hurried*/) { return 0; }
  /** Reads the kernel's reports about sent bytes; called when the socket's error queue has an entry. */
  virtual void ReadCompletions(Descriptor /*socket*/) {}
  /**
   * One non-blocking step: moves up to `length` bytes from `offset`. `check` is fed only if SeesContent.
   */
  virtual Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c* check) = 0;

 private:
  const Technique technique_;
};

/** The technique, or nothing if this build does not have it. */
std::unique_ptr<SendTechnique> MakeSendTechnique(Technique technique, const SessionOptions& options, Calls& calls);

std::unique_ptr<SendTechnique> MakeSendReadWrite(const SessionOptions& options, Calls& calls);
std::unique_ptr<SendTechnique> MakeSendMmap(MapOptions options, Calls& calls);

/** Makes a technique that takes no option. */
using SendMaker = std::unique_ptr<SendTechnique>(Calls& calls);
SendMaker MakeSendGather, MakeSendSendfile, MakeSendKtls, MakeSendSeal, MakeSendSplice, MakeSendDirect,
    MakeSendZerocopy, MakeSendTransmitFile;

}  // namespace penstock
