#include "session/fallback.h"

#include <cerrno>

namespace penstock {

std::optional<Technique> Fallback::Choose(uint64_t fileKey, std::optional<TransportKind> transport) {
  if (fileKey != fileKey_) {
    fileKey_ = fileKey;
    refused_ = 0;
  }
  const auto usable = [this, transport](Technique technique) {
    if (transport && !Carries(*transport, technique)) return false;
    if ((refused_ & (1u << static_cast<int>(technique))) != 0) return false;
    if (!IsMissingHere(session_.direction(), technique)) return true;
    session_.NoteFellBack(technique, {Code::kNone, ENOSYS});
    return false;
  };
  // The wish may have changed to a technique of another transport: a stream keeps its own.
  const bool fits = !transport || Carries(*transport, session_.wantedTechnique());
  const Technique wanted = fits ? session_.wantedTechnique() : session_.options().technique;
  if (usable(wanted)) return wanted;
  for (const Technique technique : session_.options().fallback) {
    if (usable(technique)) return technique;
  }
  return std::nullopt;
}

void Fallback::Refused(uint64_t fileKey, Technique technique, const Failure& failure) {
  fileKey_ = fileKey;
  refused_ |= 1u << static_cast<int>(technique);
  if (failure.error == ENOSYS) RememberMissing(session_.direction(), technique);
  session_.NoteFellBack(technique, failure);
}

}  // namespace penstock
