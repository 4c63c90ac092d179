// The class DataPort.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds openDataPort to the exports. */
void RegisterDataPort(Napi::Env env, Napi::Object exports);

}  // namespace penstock
