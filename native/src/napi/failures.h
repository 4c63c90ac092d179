// Failures as JavaScript sees them.
#pragma once

#include <napi.h>

#include <vector>

#include "session/session.h"

namespace penstock {

/** Sets `code` to the name of the errno value; `syscall` and `path` if there are any. */
void SetFailure(Napi::Object object, const Failure& failure);
/** An Error with `code`, `syscall` and `path`. */
Napi::Error ToError(Napi::Env env, const Failure& failure);

/** Files that were not delivered: `{index, code, errno}`, with a code of WIRE.md's table. */
Napi::Value ToArray(Napi::Env env, const std::vector<Failure>& failures);
std::vector<Failure> FailuresOf(const Napi::Value& value);
/** The errno value of a name; 0 for undefined, and for a name that this system does not have. */
int ErrnoNamed(const Napi::Value& value);
/** How a session ended, and the files that were not delivered. */
Napi::Value ToObject(Napi::Env env, const SessionEnd& end, const std::vector<Failure>& failures);
/** Techniques that did not run: `{technique, code, syscall}`. */
Napi::Value ToArray(Napi::Env env, const std::vector<FellBack>& fellBack);

}  // namespace penstock
