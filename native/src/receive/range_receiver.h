// The loop around every receive technique: the body of one DATA frame.
#pragma once

#include <memory>
#include <vector>

#include "connection/link.h"
#include "receive/receive_session.h"
#include "receive/techniques/receive_technique.h"
#include "session/fallback.h"

namespace penstock {

/** Belongs to one stream's thread. */
class RangeReceiver {
 public:
  RangeReceiver(ReceiveSession& session, Link& link) : session_(session), link_(link), fallback_(session) {}

  struct Result {
    /** The range's CRC-32C, if the session checks. */
    uint32_t crc = 0;
    /** Errno of a failure after which the file is not whole though all of the range was taken; or 0. */
    int lost = 0;
  };
  /** Takes exactly `length` bytes out of the socket into the file. Throws StreamStop for an error that ends the target. */
  Result Receive(const StagedFile& file, uint64_t offset, uint64_t length);
  /** Takes them and drops them. */
  void Discard(uint64_t length);

 private:
  ReceiveTechnique* Prepare(uint64_t key);
  /** Adds content of the file to the check. 0, or errno. */
  int ReadBack(Descriptor file, uint64_t offset, uint64_t length, Crc32c& crc);

  ReceiveSession& session_;
  Link& link_;
  Fallback fallback_;
  std::unique_ptr<ReceiveTechnique> technique_;
  std::vector<uint8_t> piece_;
};

}  // namespace penstock
