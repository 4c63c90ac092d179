// The class Sender.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds createSender to the exports. */
void RegisterSender(Napi::Env env, Napi::Object exports);

}  // namespace penstock
