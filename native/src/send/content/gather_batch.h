// Many small files, or scattered slices of one, sent from mappings: many bodies in one call.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "connection/link.h"
#include "errors/errors.h"
#include "send/send_queue.h"
#include "send/send_session.h"

namespace penstock {

/** Belongs to one stream's thread. Without checks: the content is not read. */
class GatherBatch {
 public:
  virtual ~GatherBatch() = default;
  /**
   * Sends the bodies of these files in the order of the table of the open BATCH. Returns those that failed; they are
   * padded with zeros.
   */
  virtual std::vector<Failure> Send(const std::vector<SourceFile>& files) = 0;
};

std::unique_ptr<GatherBatch> MakeGatherBatch(SendSession& session, Link& link, OpenFrame& frame);

}  // namespace penstock
