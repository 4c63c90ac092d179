#include <algorithm>
#include <memory>
#include <utility>

#include "connection/socket.h"
#include "napi/exports.h"
#include "napi/failures.h"
#include "napi/running.h"
#include "napi/sessions/connection.h"
#include "napi/values.h"

namespace penstock {
namespace {

class DataPortWrap final : public Napi::ObjectWrap<DataPortWrap> {
 public:
  static Napi::Function Class(Napi::Env env) {
    return DefineClass(env, "DataPort", {InstanceMethod<&DataPortWrap::Close>("close")});
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
    running_ = std::make_shared<Running>(env);
    handler_ = std::make_shared<Napi::FunctionReference>(Napi::Persistent(info[1].As<Napi::Function>()));
    auto arrive = [post = running_->MakePoster(),
                   weak = std::weak_ptr<Napi::FunctionReference>(handler_)](Arrived arrived) {
      const auto shared = std::make_shared<Arrived>(std::move(arrived));
      post([shared, weak](Napi::Env at) {
        if (const auto handler = weak.lock()) Deliver(at, *handler, *shared);
      });
    };
    try {
      port_ = std::make_shared<DataPort>(std::move(options), std::move(arrive));
    } catch (const SystemError& error) {
      throw ToError(env, error.failure());
    }
    info.This().As<Napi::Object>().Set("port", Napi::Number::New(env, port_->port()));
    running_->Attach(env, [port = port_] { port->Close(); });
    running_->HoldLoop(env);
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
      // A handler that throws has not taken the connection, unless it did so before.
      ConnectionWrap::Drop(connection);
      throw;
    }
  }

  void Close(const Napi::CallbackInfo& info) {
    if (!port_) return;
    port_->Close();
    port_.reset();
    handler_.reset();
    running_->End(info.Env());
  }

  std::shared_ptr<Running> running_;
  std::shared_ptr<DataPort> port_;
  std::shared_ptr<Napi::FunctionReference> handler_;
};

}  // namespace

void RegisterDataPort(Napi::Env env, Napi::Object exports) {
  ExportClass(env, exports, "openDataPort", &Environment::dataPort, DataPortWrap::Class(env));
}

}  // namespace penstock
