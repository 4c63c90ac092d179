// Copies one file after the other, by the means of each system.
#pragma once

#include <memory>

#include "copy/copy_session.h"
#include "send/send_queue.h"

namespace penstock {

/** Belongs to a CopySession's thread. */
class FileCopier {
 public:
  virtual ~FileCopier() = default;
  /**
   * Copies a file, or adds it to the session's failures. Throws StreamStop for an error of the target that the next
   * file would meet as well, and SessionStopping.
   */
  virtual void Copy(const SourceFile& file) = 0;
  /** Adds the last figures of this thread. */
  virtual void Finish() = 0;
};

std::unique_ptr<FileCopier> MakeFileCopier(CopySession& session);

}  // namespace penstock
