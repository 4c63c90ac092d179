// Many small files, or scattered slices of one, out of mappings: many bodies to one call.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/errors.h"
#include "engine/link.h"
#include "engine/send_queue.h"
#include "engine/send_session.h"

namespace penstock {

/** Belongs to one stream's thread. Its content is not looked at: there is no check of it. */
class GatherBatch {
 public:
  struct Failed {
    uint32_t index = 0;
    Code code = Code::kNone;
    int error = 0;
  };

  virtual ~GatherBatch() = default;
  /**
   * Sends the bodies of these files in order, as they stand in the table that has been sent before. Those that cannot be
   * had whole are padded with zeros and come back.
   */
  virtual std::vector<Failed> Send(const std::vector<SourceFile>& files) = 0;
  /** Sends zeros in the place of what the session's end has cut off; the files that this is of come back. */
  virtual std::vector<uint32_t> Complete() = 0;
};

std::unique_ptr<GatherBatch> MakeGatherBatch(SendSession& session, Link& link);

}  // namespace penstock
