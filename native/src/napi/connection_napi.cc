#include "napi/connection_napi.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <thread>

#include "base/thread.h"
#include "connection/socket.h"
#include "napi/environment.h"
#include "napi/failures.h"
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

uint16_t PortOf(const Napi::Value& value) {
  const uint64_t port = SizeOf(value, "port");
  if (port > 65535) ThrowExpected(value.Env(), "0 to 65535", "port");
  return static_cast<uint16_t>(port);
}

// One call of connect(): a thread, and the promise that it settles.
struct Connecting {
  explicit Connecting(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)), hold(env) {}
  Connecting(const Connecting&) = delete;
  Connecting& operator=(const Connecting&) = delete;
  ~Connecting() { Stop(); }
  void Stop() {
    wake.Signal();
    if (thread.joinable()) thread.join();
  }

  Napi::Promise::Deferred deferred;
  Hold hold;
  uint64_t id = 0;
  Wake wake;
  std::thread thread;
  // Written by the thread before it posts, read after.
  std::optional<Connected> result;
  Failure failure{};
};

void RunConnect(Connecting& self, const ConnectOptions& options) {
  try {
    self.result = ConnectAndGreet(options, self.wake);
  } catch (const SystemError& error) {
    self.failure = error.failure();
  } catch (const std::exception&) {
    self.failure = {Code::kNone, ENOMEM, "connect"};
  }
}

void FinishConnect(Napi::Env env, Connecting& self) {
  self.thread.join();
  self.hold = Hold();
  Environment::Of(env).live.erase(self.id);
  if (!self.result) {
    self.deferred.Reject(ToError(env, self.failure).Value());
    return;
  }
  ConnectionState state;
  state.socket = std::move(self.result->socket);
  state.hello.assign(self.result->hello.begin(), self.result->hello.end());
  state.localAddress = self.result->localAddress;
  self.deferred.Resolve(ConnectionWrap::Make(env, std::move(state)));
}

Napi::Value Connect(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto given = info[0].As<Napi::Object>();
  ConnectOptions options;
  options.host = given.Get("host").ToString();
  options.port = PortOf(given.Get("port"));
  options.preamble = PreambleOf(given.Get("preamble"));
  options.timeoutMs = static_cast<int>(std::min<uint64_t>(SizeOf(given.Get("timeoutMs"), "timeoutMs"), 3600000));
  Environment& environment = Environment::Of(env);
  auto self = std::make_shared<Connecting>(env);
  self->thread =
      std::thread([raw = self.get(), weak = std::weak_ptr<Connecting>(self), options, mailbox = environment.mailbox] {
        PrepareThread("ps-connect");
        RunConnect(*raw, options);
        mailbox->Post([weak](Napi::Env at) {
          if (const auto alive = weak.lock()) FinishConnect(at, *alive);
        });
      });
  self->id = environment.Live([self] { self->Stop(); });
  return self->deferred.Promise();
}

Napi::Value Pair(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  try {
    auto [ours, theirs] = LocalPair();
    ConnectionState state;
    state.socket = std::move(ours);
    auto result = Napi::Object::New(env);
    result.Set("connection", ConnectionWrap::Make(env, std::move(state)));
    result.Set("fd", Napi::Number::New(env, theirs.get()));
    // The caller's from here on.
    static_cast<void>(theirs.release());
    return result;
  } catch (const SystemError& error) {
    throw ToError(env, error.failure());
  }
}

class DataPortWrap final : public Napi::ObjectWrap<DataPortWrap> {
 public:
  static void Define(Napi::Env env) {
    const auto constructor = DefineClass(env, "DataPort", {InstanceMethod<&DataPortWrap::Close>("close")});
    Environment::Of(env).dataPort = Napi::Persistent(constructor);
  }

  static Napi::Value Open(const Napi::CallbackInfo& info) {
    return Environment::Of(info.Env()).dataPort.New({info[0], info[1]});
  }

  explicit DataPortWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DataPortWrap>(info) {
    const Napi::Env env = info.Env();
    const auto given = info[0].As<Napi::Object>();
    DataPortOptions options;
    options.host = given.Get("host").ToString();
    options.port = PortOf(given.Get("port"));
    options.preambleTimeoutMs =
        static_cast<int>(std::min<uint64_t>(SizeOf(given.Get("preambleTimeoutMs"), "preambleTimeoutMs"), 3600000));
    options.maxPending = static_cast<int>(std::min<uint64_t>(SizeOf(given.Get("maxPending"), "maxPending"), 65535));
    options.maxPendingPerNetwork =
        static_cast<int>(std::min<uint64_t>(SizeOf(given.Get("maxPendingPerNetwork"), "maxPendingPerNetwork"), 65535));
    Environment& environment = Environment::Of(env);
    handler_ = std::make_shared<Napi::FunctionReference>(Napi::Persistent(info[1].As<Napi::Function>()));
    auto arrive = [mailbox = environment.mailbox,
                   weak = std::weak_ptr<Napi::FunctionReference>(handler_)](Arrived arrived) {
      auto shared = std::make_shared<Arrived>(std::move(arrived));
      mailbox->Post([shared, weak](Napi::Env at) {
        if (const auto handler = weak.lock()) Deliver(at, *handler, *shared);
      });
    };
    try {
      port_ = std::make_shared<DataPort>(std::move(options), std::move(arrive));
    } catch (const SystemError& error) {
      throw ToError(env, error.failure());
    }
    info.This().As<Napi::Object>().Set("port", Napi::Number::New(env, port_->port()));
    hold_.emplace(env);
    id_ = environment.Live([port = port_] { port->Close(); });
  }

 private:
  static void Deliver(Napi::Env env, Napi::FunctionReference& handler, Arrived& arrived) {
    const Napi::HandleScope scope(env);
    auto arrival = Napi::Object::New(env);
    arrival.Set("preamble", ToBytes(env, arrived.preamble.data(), arrived.preamble.size()));
    arrival.Set("remoteAddress", Napi::String::New(env, arrived.remoteAddress));
    ConnectionState state;
    state.socket = std::move(arrived.socket);
    state.localAddress = arrived.localAddress;
    state.slot = std::move(arrived.slot);
    const Napi::Object connection = ConnectionWrap::Make(env, std::move(state));
    arrival.Set("connection", connection);
    try {
      handler.Call({arrival});
    } catch (const Napi::Error&) {
      // What the handler has not taken before it threw is nobody's.
      ConnectionWrap::Drop(connection);
      throw;
    }
  }

  void Close(const Napi::CallbackInfo& info) {
    if (!port_) return;
    port_->Close();
    port_.reset();
    handler_.reset();
    hold_.reset();
    Environment::Of(info.Env()).live.erase(id_);
  }

  std::shared_ptr<DataPort> port_;
  std::shared_ptr<Napi::FunctionReference> handler_;
  std::optional<Hold> hold_;
  uint64_t id_ = 0;
};

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
  DataPortWrap::Define(env);
  exports.Set("connect", Napi::Function::New(env, Connect, "connect"));
  exports.Set("localPair", Napi::Function::New(env, Pair, "localPair"));
  exports.Set("openDataPort", Napi::Function::New(env, DataPortWrap::Open, "openDataPort"));
}

}  // namespace penstock
