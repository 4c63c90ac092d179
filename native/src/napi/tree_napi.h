// A folder's entries for JavaScript.
#pragma once

#include <napi.h>

namespace penstock {

void RegisterTrees(Napi::Env env, Napi::Object exports);

}  // namespace penstock
