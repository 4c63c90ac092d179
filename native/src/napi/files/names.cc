#include "files/names/names.h"

#include <array>
#include <string>

#include "base/utf8.h"
#include "files/names/other_names.h"
#include "napi/exports.h"
#include "napi/jobs.h"
#include "napi/values.h"

namespace penstock {
namespace {

/** A string with its lone surrogates, which Utf8Value() would replace by a character that is allowed. */
std::string NameOf(const Napi::Value& value, const char* subject) {
  if (!value.IsString()) ThrowExpected(value.Env(), "a string", subject);
  std::array<char16_t, 512> units;
  size_t size = 0;
  napi_get_value_string_utf16(value.Env(), value, units.data(), units.size(), &size);
  // One unit of the room is for a zero: a longer string fills the rest.
  if (size < units.size() - 1) return FromUtf16({units.data(), size});
  return FromUtf16(value.As<Napi::String>().Utf16Value());
}

Napi::String ToText(Napi::Env env, std::string_view text) { return Napi::String::New(env, ToUtf16(text)); }

Napi::Value PathProblem(const Napi::CallbackInfo& info) {
  const auto rules = info[1].As<Napi::Boolean>().Value() ? NameRules::kWindows : NameRules::kPosix;
  const NameFault fault = PathFault(NameOf(info[0], "path"), rules);
  if (fault == NameFault::kNone) return info.Env().Null();
  const NameProblem problem = ProblemOf(fault);
  auto object = Napi::Object::New(info.Env());
  object.Set("code", problem.code);
  object.Set("why", problem.why);
  return object;
}

}  // namespace

void RegisterNames(Napi::Env env, Napi::Object exports) {
  Add(env, exports, "pathProblem", PathProblem);
  Add(env, exports, "nearPath", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const auto changed = NearPath(NameOf(info[0], "path"));
    return changed ? ToText(info.Env(), *changed) : info[0];
  });
  Add(env, exports, "linkStaysInside", [](const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), LinkStaysInside(NameOf(info[0], "link"), NameOf(info[1], "target")));
  });
  Add(env, exports, "numbered", [](const Napi::CallbackInfo& info) {
    const auto count = static_cast<uint32_t>(SizeOf(info[1], "count"));
    return ToText(info.Env(), Numbered(NameOf(info[0], "name"), count, info[2].As<Napi::Boolean>().Value()));
  });
}

}  // namespace penstock
