#include "napi/failures.h"

#include <string>

#include "napi/values.h"

namespace penstock {
namespace {

// JavaScript returns failures with the name of the errno value.
int ErrnoByName(const std::string& name) {
  for (int error = 1; error < 256; ++error) {
    if (name == ErrnoText(error)) return error;
  }
  return 0;
}

}  // namespace

void SetFailure(Napi::Object object, const Failure& failure) {
  const Napi::Env env = object.Env();
  object.Set("code", Napi::String::New(env, ErrnoText(failure.error)));
  if (failure.syscall[0] != '\0') object.Set("syscall", Napi::String::New(env, failure.syscall));
  if (!failure.path.empty()) object.Set("path", Napi::String::New(env, failure.path));
}

Napi::Error ToError(Napi::Env env, const Failure& failure) {
  const Napi::Error error = Napi::Error::New(env, Describe(failure));
  SetFailure(error.Value(), failure);
  return error;
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
    object.Set("code", Napi::String::New(env, CodeName(end.failure.code)));
  }
  if (end.failure.syscall[0] != '\0') object.Set("syscall", Napi::String::New(env, end.failure.syscall));
  object.Set("failures", ToArray(env, failures));
  return object;
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

Napi::Value ToArray(Napi::Env env, const std::vector<FellBack>& fellBack) {
  auto array = Napi::Array::New(env, fellBack.size());
  for (uint32_t i = 0; i < fellBack.size(); ++i) {
    auto one = Napi::Object::New(env);
    one.Set("technique", Napi::String::New(env, TechniqueName(fellBack[i].technique)));
    one.Set("syscall", Napi::String::New(env, ""));
    SetFailure(one, fellBack[i].failure);
    array.Set(i, one);
  }
  return array;
}

}  // namespace penstock
