#pragma once

#include <napi.h>

namespace penstock {

/// Adds routeFacts, routeTo and cachedPart to the addon's exports.
void RegisterFacts(Napi::Env env, Napi::Object exports);

}  // namespace penstock
