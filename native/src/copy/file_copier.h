// What copies one file after the other, as each system can.
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
   * Copies a file, or adds it to the session's failures. Throws StreamStop where the target fails in a way
   * that the next file would meet as well, and SessionStopping.
   */
  virtual void Copy(const SourceFile& file) = 0;
  /** Folds in the last figures of this thread. */
  virtual void Finish() = 0;
};

std::unique_ptr<FileCopier> MakeFileCopier(CopySession& session);

}  // namespace penstock
