#include "napi/failures.h"

#include <string>

#include "napi/lists.h"
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

int ErrnoNamed(const Napi::Value& value) {
  return value.IsString() ? ErrnoByName(value.As<Napi::String>().Utf8Value()) : 0;
}

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
  return ObjectsOf(env, failures, [](Napi::Object one, const Failure& failure) {
    one.Set("index", failure.index);
    one.Set("code", CodeName(failure.code));
    if (failure.error != 0) one.Set("errno", ErrnoText(failure.error));
  });
}

Napi::Value ToObject(Napi::Env env, const SessionEnd& end, const std::vector<Failure>& failures) {
  static constexpr const char* kKinds[] = {"done", "peer-error", "cancelled", "failed", "unconfirmed"};
  auto object = Napi::Object::New(env);
  object.Set("kind", Napi::String::New(env, kKinds[static_cast<int>(end.kind)]));
  if (end.kind == SessionEnd::Kind::kPeerError || end.kind == SessionEnd::Kind::kFailed) {
    object.Set("code", Napi::String::New(env, CodeName(end.failure.code)));
    if (end.failure.error != 0) object.Set("errno", Napi::String::New(env, ErrnoText(end.failure.error)));
  }
  if (end.failure.syscall[0] != '\0') object.Set("syscall", Napi::String::New(env, end.failure.syscall));
  object.Set("failures", ToArray(env, failures));
  return object;
}

std::vector<Failure> FailuresOf(const Napi::Value& value) {
  return ListOf(value, [](const Napi::Value& item) {
    const auto one = item.As<Napi::Object>();
    Failure failure;
    failure.index = static_cast<uint32_t>(SizeOf(one.Get("index"), "index"));
    const std::string name = one.Get("code").ToString();
    failure.code = CodeFromName(name).value_or(Code::kInternal);
    failure.error = ErrnoNamed(one.Get("errno"));
    return failure;
  });
}

Napi::Value ToArray(Napi::Env env, const std::vector<FellBack>& fellBack) {
  return ObjectsOf(env, fellBack, [](Napi::Object one, const FellBack& refused) {
    one.Set("technique", TechniqueName(refused.technique));
    one.Set("syscall", "");
    SetFailure(one, refused.failure);
  });
}

}  // namespace penstock
