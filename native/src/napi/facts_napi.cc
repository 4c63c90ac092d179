// Facts that the choice of a technique rests on.
#include "napi/facts_napi.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/cache_facts.h"
#include "base/route_facts.h"
#include "napi/values.h"

namespace penstock {
namespace {

std::string TextOf(const Napi::Value& value, const char* subject) {
  if (!value.IsString()) ThrowExpected(value.Env(), "a string", subject);
  return value.As<Napi::String>().Utf8Value();
}

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

/// Looks at files on a thread of the pool.
class CacheLook : public Napi::AsyncWorker {
 public:
  CacheLook(Napi::Env env, std::vector<std::string> paths, std::chrono::milliseconds limit)
      : Napi::AsyncWorker(env, "penstock cache facts"),
        deferred_(Napi::Promise::Deferred::New(env)),
        paths_(std::move(paths)),
        limit_(limit) {}

  Napi::Value promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { facts_ = CachedPart(paths_, limit_); }

  void OnOK() override {
    Napi::Object object = Napi::Object::New(Env());
    object.Set("lookedBytes", static_cast<double>(facts_.looked_bytes));
    object.Set("cachedBytes", static_cast<double>(facts_.cached_bytes));
    deferred_.Resolve(object);
  }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Promise::Deferred deferred_;
  std::vector<std::string> paths_;
  std::chrono::milliseconds limit_;
  CacheFacts facts_;
};

Napi::Value StartCacheLook(const Napi::CallbackInfo& info) {
  if (!info[0].IsArray()) ThrowExpected(info.Env(), "an array", "paths");
  const auto list = info[0].As<Napi::Array>();
  std::vector<std::string> paths;
  paths.reserve(list.Length());
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::HandleScope scope(info.Env());
    paths.push_back(TextOf(list.Get(index), "a path"));
  }
  const std::chrono::milliseconds limit(SizeOf(info[1], "limitMs"));
  // It deletes itself when it has answered.
  auto* look = new CacheLook(info.Env(), std::move(paths), limit);
  const Napi::Value promise = look->promise();
  look->Queue();
  return promise;
}

}  // namespace

void RegisterFacts(Napi::Env env, Napi::Object exports) {
  exports.Set("routeFacts", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return RouteFactsTo(info.Env(), RouteFactsOf(TextOf(info[0], "localAddress")));
              }));
  exports.Set("routeTo", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return PeerRouteTo(info.Env(), RouteToPeer(TextOf(info[0], "address")));
              }));
  exports.Set("cachedPart", Napi::Function::New(env, StartCacheLook));
}

}  // namespace penstock
