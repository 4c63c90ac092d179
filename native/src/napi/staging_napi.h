// Staging folders.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds writeMarker, readMarker, removeStaging and foldsNames to the exports. */
void RegisterStaging(Napi::Env env, Napi::Object exports);

}  // namespace penstock
