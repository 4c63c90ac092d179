// Many small files, or scattered slices of one, out of mappings: many bodies to one call.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/errors.h"
#include "connection/link.h"
#include "send/send_queue.h"
#include "send/send_session.h"

namespace penstock {

/** Belongs to one stream's thread. Its content is not looked at: there is no check of it. */
class GatherBatch {
 public:
  virtual ~GatherBatch() = default;
  /**
   * Sends the bodies of these files in order, as they stand in the table of the BATCH that is open. Returns those that
   * cannot be had whole; they are padded with zeros.
   */
  virtual std::vector<Failure> Send(const std::vector<SourceFile>& files) = 0;
};

std::unique_ptr<GatherBatch> MakeGatherBatch(SendSession& session, Link& link, OpenFrame& frame);

}  // namespace penstock
