// The class Copier.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds createCopier to the exports. */
void RegisterCopier(Napi::Env env, Napi::Object exports);

}  // namespace penstock
