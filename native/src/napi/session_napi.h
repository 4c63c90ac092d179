#pragma once

#include <napi.h>

namespace penstock {

/** Adds createSender, createReceiver and supportedTechniques to the exports. */
void RegisterSessions(Napi::Env env, Napi::Object exports);

}  // namespace penstock
