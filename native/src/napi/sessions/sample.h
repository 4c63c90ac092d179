// Figures of a session.
#pragma once

#include <napi.h>

#include "session/session.h"

namespace penstock {

Napi::Number CountOf(Napi::Env env, const Atomic& value);
/** The fields of a sample that every session has. */
Napi::Object CountersOf(Napi::Env env, Session& session);
/** A sample of a session with a peer. */
Napi::Value SampleOf(Napi::Env env, Session& session);

}  // namespace penstock
