// The class Receiver.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds createReceiver to the exports. */
void RegisterReceiver(Napi::Env env, Napi::Object exports);

}  // namespace penstock
