// The order of fallback: which technique moves the next range.
#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
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
  /**
   * Keeps in `current` the technique that Choose() gives, made by `make` if it is another one, and returns it; nullptr when
   * none is left. A technique that this build does not have is refused.
   */
  template <typename Kind, typename Make>
  Kind* Prepare(uint64_t fileKey, TransportKind transport, std::unique_ptr<Kind>& current, Make make) {
    while (const auto chosen = Choose(fileKey, transport)) {
      if (!current || current->technique() != *chosen) current = make(*chosen);
      if (current) {
        session_.NoteUsed(*chosen);
        return current.get();
      }
      Refused(fileKey, *chosen, {Code::kNone, ENOSYS});
    }
    return nullptr;
  }

 private:
  Session& session_;
  uint64_t fileKey_ = 0;
  uint32_t refused_ = 0;
};

}  // namespace penstock
