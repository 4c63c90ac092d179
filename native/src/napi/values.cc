#include "napi/values.h"

#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/calls.h"
#include "session/fallback.h"

namespace penstock {
namespace {

constexpr double kMaxSafe = 9007199254740992.0;

// Failures come back from JavaScript with an errno's name.
int ErrnoByName(const std::string& name) {
  for (int error = 1; error < 256; ++error) {
    if (name == ErrnoText(error)) return error;
  }
  return 0;
}

MapOptions MapOptionsOf(const Napi::Value& value) {
  MapOptions options;
  if (value.IsUndefined()) return options.set(IndexOf(kUsualMapOption));
  const auto names = value.As<Napi::Array>();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).ToString();
    const auto option = MapOptionFromName(name);
    if (!option) ThrowExpected(value.Env(), "a map option", "mapOptions but received \"" + name + "\"");
    options.set(IndexOf(*option));
  }
  return options;
}

// What was done to the windows of `mmap`, option by option of those that were asked for.
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
    if (error != 0) {
      one.Set("code", Napi::String::New(env, ErrnoText(error)));
      one.Set("syscall", Napi::String::New(env, MapOptionCall(option)));
    }
    options.Set(count++, one);
  }
  auto mapped = Napi::Object::New(env);
  mapped.Set("windows", CountOf(env, counters.mapWindows));
  mapped.Set("options", options);
  return mapped;
}

Napi::Value FellBackOf(Napi::Env env, const std::vector<FellBack>& fellBack) {
  auto array = Napi::Array::New(env, fellBack.size());
  for (uint32_t i = 0; i < fellBack.size(); ++i) {
    auto one = Napi::Object::New(env);
    one.Set("technique", Napi::String::New(env, TechniqueName(fellBack[i].technique)));
    one.Set("code", Napi::String::New(env, ErrnoText(fellBack[i].error)));
    one.Set("syscall", Napi::String::New(env, fellBack[i].syscall));
    array.Set(i, one);
  }
  return array;
}

Napi::Number Seconds(Napi::Env env, const Atomic& microseconds) {
  return Napi::Number::New(env, static_cast<double>(microseconds.load(std::memory_order_relaxed)) / 1e6);
}

}  // namespace

Napi::Error NativeError(Napi::Env env, int error, const std::string& syscall) {
  Napi::Error result = Napi::Error::New(env, syscall + ": " + std::strerror(error));
  result.Set("code", Napi::String::New(env, ErrnoText(error)));
  result.Set("syscall", Napi::String::New(env, syscall));
  return result;
}

void ThrowExpected(Napi::Env env, const std::string& expected, const std::string& subject) {
  throw Napi::TypeError::New(env, "Expected " + expected + " for " + subject);
}

Technique TechniqueOf(Direction direction, const Napi::Value& value) {
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  const auto technique = TechniqueFromName(direction, name);
  if (!technique) ThrowExpected(value.Env(), "a technique", "technique but received \"" + name + "\"");
  return *technique;
}

void TakeTechniques(Direction direction, const Napi::Object& given, SessionOptions* options) {
  options->technique = TechniqueOf(direction, given.Get("technique"));
  const auto fallback = given.Get("fallback").As<Napi::Array>();
  for (uint32_t i = 0; i < fallback.Length(); ++i) {
    options->fallback.push_back(TechniqueOf(direction, fallback.Get(i)));
  }
}

SessionOptions SessionOptionsOf(Direction direction, const Napi::Object& options) {
  SessionOptions result;
  TakeTechniques(direction, options, &result);
  result.bufferBytes = SizeOf(options.Get("bufferBytes"), "bufferBytes");
  if (result.bufferBytes < 4096 || result.bufferBytes > (16 << 20)) {
    ThrowExpected(options.Env(), "4096 to 16777216", "bufferBytes");
  }
  result.check = options.Get("check").ToBoolean();
  result.mapOptions = MapOptionsOf(options.Get("mapOptions"));
  return result;
}

Code CodeOf(const Napi::Value& value) {
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  const auto code = CodeFromName(name);
  if (!code) ThrowExpected(value.Env(), "a name of the code table", "code but received \"" + name + "\"");
  return *code;
}

std::vector<Failure> FailuresOf(const Napi::Value& value) {
  std::vector<Failure> failures;
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const auto one = array.Get(i).As<Napi::Object>();
    Failure failure;
    failure.index = static_cast<uint32_t>(SizeOf(one.Get("index"), "index"));
    const std::string name = one.Get("code").ToString();
    failure.code = CodeFromName(name).value_or(Code::kInternal);
    const Napi::Value error = one.Get("errno");
    if (error.IsString()) failure.error = ErrnoByName(error.As<Napi::String>().Utf8Value());
    failures.push_back(failure);
  }
  return failures;
}

Time TimeFrom(const Napi::Value& value) {
  if (!value.IsBigInt()) ThrowExpected(value.Env(), "a bigint", "mtimeNs");
  bool lossless = false;
  const int64_t nanoseconds = value.As<Napi::BigInt>().Int64Value(&lossless);
  if (!lossless) throw Napi::RangeError::New(value.Env(), "Expected a 64-bit time for mtimeNs");
  constexpr int64_t kSecond = 1'000'000'000;
  Time time{nanoseconds / kSecond, static_cast<int32_t>(nanoseconds % kSecond)};
  if (time.nanoseconds < 0) {
    time.nanoseconds += kSecond;
    --time.seconds;
  }
  return time;
}

uint64_t SizeOf(const Napi::Value& value, const char* subject) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0) || number > kMaxSafe || number != std::floor(number)) {
    ThrowExpected(value.Env(), "a whole number from 0 to 2^53", subject);
  }
  return static_cast<uint64_t>(number);
}

std::vector<uint8_t> BytesOf(const Napi::Value& value) {
  if (!value.IsTypedArray()) ThrowExpected(value.Env(), "a Uint8Array", "bytes");
  const auto bytes = value.As<Napi::Uint8Array>();
  return std::vector<uint8_t>(bytes.Data(), bytes.Data() + bytes.ByteLength());
}

Napi::Value ToArray(Napi::Env env, const std::vector<Failure>& failures) {
  auto array = Napi::Array::New(env, failures.size());
  for (uint32_t i = 0; i < failures.size(); ++i) {
    auto one = Napi::Object::New(env);
    one.Set("index", Napi::Number::New(env, failures[i].index));
    one.Set("code", Napi::String::New(env, CodeName(failures[i].code)));
    if (failures[i].error != 0) one.Set("errno", Napi::String::New(env, ErrnoText(failures[i].error)));
    array.Set(i, one);
  }
  return array;
}

Napi::Value ToObject(Napi::Env env, const SessionEnd& end, const std::vector<Failure>& failures) {
  static constexpr const char* kKinds[] = {"done", "peer-error", "cancelled", "failed", "unconfirmed"};
  auto object = Napi::Object::New(env);
  object.Set("kind", Napi::String::New(env, kKinds[static_cast<int>(end.kind)]));
  if (end.kind == SessionEnd::Kind::kPeerError || end.kind == SessionEnd::Kind::kFailed) {
    object.Set("code", Napi::String::New(env, CodeName(end.code)));
  }
  if (end.syscall[0] != '\0') object.Set("syscall", Napi::String::New(env, end.syscall));
  object.Set("failures", ToArray(env, failures));
  return object;
}

Napi::Number CountOf(Napi::Env env, const Atomic& value) {
  return Napi::Number::New(env, static_cast<double>(value.load(std::memory_order_relaxed)));
}

std::vector<SourceFile> SourceFilesOf(const Napi::Value& value) {
  const auto array = value.As<Napi::Array>();
  std::vector<SourceFile> files;
  files.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::HandleScope scope(value.Env());
    const auto one = array.Get(i).As<Napi::Object>();
    SourceFile file;
    file.index = static_cast<uint32_t>(SizeOf(one.Get("index"), "index"));
    file.path = one.Get("path").ToString();
    file.size = SizeOf(one.Get("size"), "size");
    bool lossless = false;
    file.mtimeNs = one.Get("mtimeNs").As<Napi::BigInt>().Int64Value(&lossless);
    file.slice = one.Has("offset");
    if (file.slice) file.offset = SizeOf(one.Get("offset"), "offset");
    files.push_back(std::move(file));
  }
  return files;
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
  sample.Set("technique", Napi::String::New(env, TechniqueName(session.usedTechnique())));
  sample.Set("fellBackFrom", FellBackOf(env, session.fellBackFrom()));
  auto by = Napi::Object::New(env);
  for (const Technique technique : TechniquesOf(session.direction())) {
    by.Set(TechniqueName(technique), CountOf(env, counters.bytesBy[static_cast<size_t>(technique)]));
  }
  sample.Set("bytesBy", by);
  return sample;
}

Napi::Value SampleOf(Napi::Env env, Session& session) {
  auto sample = CountersOf(env, session);
  sample.Set("directBytes", CountOf(env, session.counters().directBytes));
  sample.Set("mapped", MappedOf(env, session));
  return sample;
}

Napi::Uint8Array ToBytes(Napi::Env env, const uint8_t* data, size_t size) {
  auto bytes = Napi::Uint8Array::New(env, size);
  if (size > 0) std::memcpy(bytes.Data(), data, size);
  return bytes;
}

}  // namespace penstock
