// Facts for the choice of a technique.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds routeFacts, routeTo, cachedPart, supportedTechniques and copyTechniques to the exports. */
void RegisterFacts(Napi::Env env, Napi::Object exports);

}  // namespace penstock
