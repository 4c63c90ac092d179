// Work on a thread that settles a promise, and functions whose SystemErrors become JavaScript errors.
#pragma once

#include <napi.h>

#include <functional>
#include <string>

namespace penstock {

/** Makes the result of a job on JavaScript's thread. */
using MakeResult = std::function<Napi::Value(Napi::Env)>;
/** Runs on the job's thread. */
using Work = std::function<MakeResult()>;

/**
 * Runs `work` on a thread. Returns a promise of its result, which rejects with the SystemError that `work` throws. Where the
 * environment ends first, `cancel` is called, the thread is joined, and the promise stays pending.
 */
Napi::Value StartJob(Napi::Env env, Work work, std::function<void()> cancel = {});

/** The result `undefined`. */
MakeResult Nothing();

using Callback = std::function<Napi::Value(const Napi::CallbackInfo&)>;
/** Adds a function whose SystemErrors become JavaScript errors. */
void Add(Napi::Env env, Napi::Object exports, const char* name, Callback callback);

}  // namespace penstock
