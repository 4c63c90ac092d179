// The order of fallback: which technique moves the next range.
#pragma once

#include <cstdint>
#include <optional>

#include "connection/transport.h"
#include "session/session.h"

namespace penstock {

/** Belongs to one thread. "Not supported" holds for one file; ENOSYS holds for the process (technique.h). */
class Fallback {
 public:
  explicit Fallback(Session& session) : session_(session) {}

  /**
   * The technique for a range of the file with this key; nothing when none is left. `transport`: of the stream; nothing for
   * a copy from file to file.
   */
  std::optional<Technique> Choose(uint64_t fileKey, std::optional<TransportKind> transport);
  /** The technique is not supported for this file. */
  void Refused(uint64_t fileKey, Technique technique, const Failure& failure);

 private:
  Session& session_;
  uint64_t fileKey_ = 0;
  uint32_t refused_ = 0;
};

}  // namespace penstock
