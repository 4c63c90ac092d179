// The loop around every receive technique: the body of one DATA frame.
#pragma once

#include <memory>
#include <vector>

#include "engine/fallback.h"
#include "engine/link.h"
#include "engine/receive_session.h"
#include "engine/receive_technique.h"

namespace penstock {

/** Belongs to one stream's thread. */
class RangeReceiver {
 public:
  RangeReceiver(ReceiveSession& session, Link& link) : session_(session), link_(link), fallback_(session) {}

  /**
   * Takes exactly `length` bytes out of the socket into the file. The range's CRC-32C where the session
   * checks.
   */
  uint32_t Receive(const StagedFile& file, uint64_t offset, uint64_t length);
  /** Takes them and drops them. */
  void Discard(uint64_t length);

 private:
  ReceiveTechnique* Prepare(uint64_t key);
  void ReadBack(Descriptor file, uint64_t offset, uint64_t length, Crc32c& crc);

  ReceiveSession& session_;
  Link& link_;
  Fallback fallback_;
  std::unique_ptr<ReceiveTechnique> technique_;
  std::vector<uint8_t> piece_;
};

}  // namespace penstock
