// Facts that the choice of a technique rests on.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "connection/transport.h"
#include "facts/cache_facts.h"
#include "facts/route_facts.h"
#include "napi/exports.h"
#include "napi/jobs.h"
#include "napi/values.h"

namespace penstock {
namespace {

Napi::Value OrNull(Napi::Env env, const std::optional<std::string>& value) {
  return value ? Napi::Value(Napi::String::New(env, *value)) : env.Null();
}

Napi::Value OrNull(Napi::Env env, const std::optional<bool>& value) {
  return value ? Napi::Value(Napi::Boolean::New(env, *value)) : env.Null();
}

Napi::Value OrNull(Napi::Env env, const std::optional<uint32_t>& value) {
  return value ? Napi::Value(Napi::Number::New(env, *value)) : env.Null();
}

Napi::Value RouteFactsTo(Napi::Env env, const RouteFacts& facts) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("interfaceName", OrNull(env, facts.interface_name));
  object.Set("driver", OrNull(env, facts.driver));
  object.Set("scatterGather", OrNull(env, facts.scatter_gather));
  object.Set("tso", OrNull(env, facts.segmentation));
  object.Set("gso", OrNull(env, facts.late_segmentation));
  object.Set("tlsOffload", OrNull(env, facts.tls_offload));
  object.Set("mtu", OrNull(env, facts.mtu));
  object.Set("linkMbps", OrNull(env, facts.link_speed));
  object.Set("loopback", facts.loopback);
  return object;
}

Napi::Value PeerRouteTo(Napi::Env env, const PeerRoute& route) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("localAddress", route.local_address.empty() ? env.Null() : Napi::String::New(env, route.local_address));
  object.Set("sameMachine", route.same_machine);
  return object;
}

std::vector<std::string> PathsOf(const Napi::Value& value) {
  if (!value.IsArray()) ThrowExpected(value.Env(), "an array", "paths");
  const auto list = value.As<Napi::Array>();
  std::vector<std::string> paths;
  paths.reserve(list.Length());
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::HandleScope scope(value.Env());
    paths.push_back(TextOf(list.Get(index), "a path"));
  }
  return paths;
}

Napi::Value StartCacheCount(const Napi::CallbackInfo& info) {
  auto paths = PathsOf(info[0]);
  const std::chrono::milliseconds limit(SizeOf(info[1], "limitMs"));
  return StartJob(info.Env(), [paths = std::move(paths), limit]() -> MakeResult {
    return [pages = CachedPages(paths, limit)](Napi::Env env) -> Napi::Value {
      return pages ? Napi::Value(Napi::Number::New(env, static_cast<double>(*pages))) : env.Null();
    };
  });
}

Napi::Value StartCacheLook(const Napi::CallbackInfo& info) {
  auto paths = PathsOf(info[0]);
  const std::chrono::milliseconds limit(SizeOf(info[1], "limitMs"));
  return StartJob(info.Env(), [paths = std::move(paths), limit]() -> MakeResult {
    return [facts = CachedPart(paths, limit)](Napi::Env env) -> Napi::Value {
      auto object = Napi::Object::New(env);
      object.Set("lookedBytes", static_cast<double>(facts.looked_bytes));
      object.Set("cachedBytes", static_cast<double>(facts.cached_bytes));
      return object;
    };
  });
}

bool HasWhatItNeeds(Technique technique) {
  switch (technique) {
    case Technique::kSeal:
    case Technique::kUnseal:
      return !CipherLibrary().empty();
    case Technique::kKtls:
      return HasKernelTls();
    default:
      return true;
  }
}

Napi::Value Names(Napi::Env env, Direction direction) {
  auto names = Napi::Array::New(env);
  uint32_t count = 0;
  for (const Technique technique : BuiltTechniques(direction)) {
    if (!IsMissingHere(direction, technique) && HasWhatItNeeds(technique))
      names.Set(count++, Napi::String::New(env, TechniqueName(technique)));
  }
  return names;
}

Napi::Value SupportedTechniques(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  result.Set("send", Names(info.Env(), Direction::kSend));
  result.Set("receive", Names(info.Env(), Direction::kReceive));
  return result;
}

}  // namespace

void RegisterFacts(Napi::Env env, Napi::Object exports) {
  Add(env, exports, "routeFacts", [](const Napi::CallbackInfo& info) {
    return RouteFactsTo(info.Env(), RouteFactsOf(TextOf(info[0], "localAddress")));
  });
  Add(env, exports, "routeTo",
      [](const Napi::CallbackInfo& info) { return PeerRouteTo(info.Env(), RouteToPeer(TextOf(info[0], "address"))); });
  Add(env, exports, "cachedPart", StartCacheLook);
  Add(env, exports, "cachedPages", StartCacheCount);
  Add(env, exports, "skipsCache", [](const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), SkipsCache(TextOf(info[0], "a path")));
  });
  Add(env, exports, "supportedTechniques", SupportedTechniques);
  Add(env, exports, "cipherLibrary", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::string& name = CipherLibrary();
    return name.empty() ? info.Env().Null() : Napi::String::New(info.Env(), name);
  });
  Add(env, exports, "copyTechniques",
      [](const Napi::CallbackInfo& info) { return Names(info.Env(), Direction::kCopy); });
}

}  // namespace penstock
