#include "napi/sessions/sample.h"

#include "napi/failures.h"
#include "system/calls.h"

namespace penstock {
namespace {

// Results of `mmap`'s options on its windows, for each option that was requested.
Napi::Value MappedOf(Napi::Env env, Session& session) {
  const Counters& counters = session.counters();
  auto options = Napi::Array::New(env);
  uint32_t count = 0;
  for (size_t i = 0; i < kMapOptionCount; ++i) {
    if (!session.options().mapOptions.test(i)) continue;
    const auto option = static_cast<MapOption>(i);
    const MapOptionFigures& figures = counters.mapOptions[i];
    auto one = Napi::Object::New(env);
    one.Set("option", Napi::String::New(env, MapOptionName(option)));
    one.Set("windows", CountOf(env, figures.windows));
    const int error = figures.error.load(std::memory_order_relaxed);
    if (error != 0) SetFailure(one, {Code::kNone, error, MapOptionCall(option)});
    options.Set(count++, one);
  }
  auto mapped = Napi::Object::New(env);
  mapped.Set("windows", CountOf(env, counters.mapWindows));
  mapped.Set("options", options);
  return mapped;
}

// Content that left nothing in the page cache; null where the option was not requested.
Napi::Value UncachedOf(Napi::Env env, Session& session) {
  if (!session.options().dontCache) return env.Null();
  auto uncached = Napi::Object::New(env);
  uncached.Set("bytes", CountOf(env, session.counters().uncachedBytes));
  const int error = session.counters().uncachedError.load(std::memory_order_relaxed);
  if (error != 0) SetFailure(uncached, {Code::kNone, error, kUncachedFlag});
  return uncached;
}

Napi::Number Seconds(Napi::Env env, const Atomic& microseconds) {
  return Napi::Number::New(env, static_cast<double>(microseconds.load(std::memory_order_relaxed)) / 1e6);
}

Napi::Object StreamSecondsOf(Napi::Env env, const Counters& counters) {
  const auto waited = [&](Waiting why) { return Seconds(env, counters.waitedMicroseconds[static_cast<size_t>(why)]); };
  auto times = Napi::Object::New(env);
  times.Set("total", Seconds(env, counters.streamMicroseconds));
  times.Set("file", Seconds(env, counters.blockedMicroseconds));
  times.Set("socket", waited(Waiting::kSocket));
  times.Set("window", waited(Waiting::kWindow));
  times.Set("commit", waited(Waiting::kCommit));
  times.Set("idle", waited(Waiting::kIdle));
  return times;
}

}  // namespace

Napi::Number CountOf(Napi::Env env, const Atomic& value) {
  return Napi::Number::New(env, static_cast<double>(value.load(std::memory_order_relaxed)));
}

Napi::Object CountersOf(Napi::Env env, Session& session) {
  const Counters& counters = session.counters();
  auto sample = Napi::Object::New(env);
  sample.Set("bytes", CountOf(env, counters.bytes));
  sample.Set("holeBytes", CountOf(env, counters.holeBytes));
  sample.Set("verifiedBytes", CountOf(env, counters.verifiedBytes));
  sample.Set("filesDone", CountOf(env, counters.filesDone));
  auto calls = Napi::Object::New(env);
  for (size_t i = 0; i < counters.calls.size(); ++i) {
    if (counters.calls[i].load(std::memory_order_relaxed) == 0) continue;
    calls.Set(SysName(static_cast<Sys>(i)), CountOf(env, counters.calls[i]));
  }
  sample.Set("syscalls", calls);
  sample.Set("userCopyBytes", CountOf(env, counters.userCopyBytes));
  sample.Set("checkBytes", CountOf(env, counters.checkBytes));
  sample.Set("kernelCopiedBytes", CountOf(env, counters.kernelCopiedBytes));
  auto switches = Napi::Object::New(env);
  switches.Set("voluntary", CountOf(env, counters.voluntarySwitches));
  switches.Set("involuntary", CountOf(env, counters.involuntarySwitches));
  sample.Set("contextSwitches", switches);
  auto cpu = Napi::Object::New(env);
  cpu.Set("user", Seconds(env, counters.userMicroseconds));
  cpu.Set("system", Seconds(env, counters.systemMicroseconds));
  sample.Set("cpuSeconds", cpu);
  auto faults = Napi::Object::New(env);
  faults.Set("minor", CountOf(env, counters.minorFaults));
  faults.Set("major", CountOf(env, counters.majorFaults));
  sample.Set("pageFaults", faults);
  sample.Set("streamSeconds", StreamSecondsOf(env, counters));
  sample.Set("technique", Napi::String::New(env, TechniqueName(session.usedTechnique())));
  sample.Set("fellBackFrom", ToArray(env, session.fellBackFrom()));
  auto by = Napi::Object::New(env);
  for (const Technique technique : TechniquesOf(session.direction())) {
    by.Set(TechniqueName(technique), CountOf(env, counters.bytesBy[static_cast<size_t>(technique)]));
  }
  sample.Set("bytesBy", by);
  return sample;
}

Napi::Value SampleOf(Napi::Env env, Session& session) {
  auto sample = CountersOf(env, session);
  const auto transport = session.transport();
  sample.Set("transport", transport ? Napi::Value(Napi::String::New(env, TransportName(*transport))) : env.Null());
  sample.Set("directBytes", CountOf(env, session.counters().directBytes));
  sample.Set("uncached", UncachedOf(env, session));
  sample.Set("mapped", MappedOf(env, session));
  return sample;
}

}  // namespace penstock
