#include "napi/sessions/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "connection/socket.h"
#include "napi/environment.h"
#include "napi/exports.h"
#include "napi/jobs.h"
#include "napi/values.h"

namespace penstock {
namespace {

constexpr napi_type_tag kTag = {0x70656e73746f636b, 0x636f6e6e65637400};

std::array<uint8_t, kPreambleBytes> PreambleOf(const Napi::Value& value) {
  const auto bytes = BytesOf(value);
  if (bytes.size() != kPreambleBytes) ThrowExpected(value.Env(), "64 bytes", "preamble");
  std::array<uint8_t, kPreambleBytes> preamble{};
  std::copy(bytes.begin(), bytes.end(), preamble.begin());
  return preamble;
}

Napi::Value Connect(const Napi::CallbackInfo& info) {
  const auto given = info[0].As<Napi::Object>();
  ConnectOptions options;
  options.host = given.Get("host").ToString();
  options.port = PortOf(given.Get("port"));
  options.preamble = PreambleOf(given.Get("preamble"));
  options.timeoutMs = static_cast<int>(std::min<uint64_t>(SizeOf(given.Get("timeoutMs"), "timeoutMs"), 3600000));
  const auto wake = std::make_shared<Wake>();
  const auto connect = [options, wake]() -> MakeResult {
    Connected connected = ConnectAndGreet(options, *wake);
    const auto state = std::make_shared<ConnectionState>();
    state->socket = std::move(connected.socket);
    state->hello.assign(connected.hello.begin(), connected.hello.end());
    state->localAddress = connected.localAddress;
    return [state](Napi::Env env) { return ConnectionWrap::Make(env, std::move(*state)); };
  };
  return StartJob(info.Env(), connect, [wake] { wake->Signal(); });
}

Napi::Value Pair(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto [ours, theirs] = LocalPair();
  ConnectionState state;
  state.socket = std::move(ours);
  auto result = Napi::Object::New(env);
  result.Set("connection", ConnectionWrap::Make(env, std::move(state)));
  // The descriptor belongs to the caller.
  result.Set("fd", Napi::Number::New(env, theirs.release()));
  return result;
}

}  // namespace

void ConnectionWrap::Define(Napi::Env env) {
  const auto constructor = DefineClass(env, "Connection", {InstanceMethod<&ConnectionWrap::Close>("close")});
  Environment::Of(env).connection = Napi::Persistent(constructor);
}

Napi::Object ConnectionWrap::Make(Napi::Env env, ConnectionState state) {
  return Environment::Of(env).connection.New({Napi::External<ConnectionState>::New(env, &state)});
}

ConnectionWrap::ConnectionWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ConnectionWrap>(info) {
  if (info.Length() != 1 || !info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "Illegal constructor");
  state_ = std::move(*info[0].As<Napi::External<ConnectionState>>().Data());
  auto self = info.This().As<Napi::Object>();
  self.TypeTag(&kTag);
  self.Set("hello", ToBytes(info.Env(), state_.hello.data(), state_.hello.size()));
  self.Set("localAddress", Napi::String::New(info.Env(), state_.localAddress));
}

UniqueSocket ConnectionWrap::Take(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag)) {
    ThrowExpected(value.Env(), "a Connection", "connection");
  }
  ConnectionState& state = Unwrap(value.As<Napi::Object>())->state_;
  if (!state.socket.valid()) ThrowExpected(value.Env(), "a Connection that is open", "connection");
  state.slot.reset();
  return std::move(state.socket);
}

void ConnectionWrap::Drop(const Napi::Object& connection) { Unwrap(connection)->state_ = ConnectionState(); }

void ConnectionWrap::Close(const Napi::CallbackInfo&) {
  state_.socket.reset();
  state_.slot.reset();
}

void RegisterConnections(Napi::Env env, Napi::Object exports) {
  ConnectionWrap::Define(env);
  Add(env, exports, "connect", Connect);
  Add(env, exports, "localPair", Pair);
}

}  // namespace penstock
