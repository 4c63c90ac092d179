#include "napi/session_napi.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "napi/connection_napi.h"
#include "napi/environment.h"
#include "napi/failures.h"
#include "napi/file_ops_napi.h"
#include "napi/sample.h"
#include "napi/values.h"
#include "receive/receive_session.h"
#include "send/send_session.h"

namespace penstock {
namespace {

// What a session is to one environment: its promises, and whether it keeps the event loop alive.
struct Life {
  explicit Life(Napi::Env env)
      : ended(Napi::Promise::Deferred::New(env)), received(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise::Deferred ended;
  Napi::Promise::Deferred received;
  std::shared_ptr<Session> session;
  uint64_t id = 0;
  std::optional<Hold> hold;

  // From its first stream to its end.
  void HoldLoop(Napi::Env env) {
    if (!hold && id != 0) hold.emplace(env);
  }

  void Settle(Napi::Env env, const SessionEnd& end) {
    if (id == 0) return;
    session->Join();
    session->ReleaseFiles();
    hold.reset();
    // The last reference to this object but the caller's.
    Environment::Of(env).live.erase(std::exchange(id, 0));
    ended.Resolve(ToObject(env, end, session->failures()));
  }

  void Attach(Napi::Env env, std::shared_ptr<Session> made, const std::shared_ptr<Life>& self) {
    session = std::move(made);
    id = Environment::Of(env).Live([self] { self->session->Abort(); });
  }
};

Session::OnEnd EndOf(Napi::Env env, const std::shared_ptr<Life>& life) {
  return [mailbox = Environment::Of(env).mailbox, weak = std::weak_ptr<Life>(life)](const SessionEnd& end) {
    mailbox->Post([weak, end](Napi::Env at) {
      if (const auto alive = weak.lock()) alive->Settle(at, end);
    });
  };
}

int StreamIndexOf(const Napi::Value& value) {
  const uint64_t index = SizeOf(value, "streamIndex");
  if (index > 15) ThrowExpected(value.Env(), "0 to 15", "streamIndex");
  return static_cast<int>(index);
}

VerdictLimits VerdictOf(const Napi::Object& given) {
  VerdictLimits limits;
  limits.silence = std::chrono::milliseconds(SizeOf(given.Get("silenceMs"), "silenceMs"));
  limits.inAll = std::chrono::milliseconds(SizeOf(given.Get("inAllMs"), "inAllMs"));
  return limits;
}

class SenderWrap final : public Napi::ObjectWrap<SenderWrap> {
 public:
  static void Define(Napi::Env env) {
    Environment::Of(env).sender = Napi::Persistent(DefineClass(
        env, "Sender",
        {InstanceMethod<&SenderWrap::AddFiles>("addFiles"), InstanceMethod<&SenderWrap::EndOfFiles>("endOfFiles"),
         InstanceMethod<&SenderWrap::AddStream>("addStream"), InstanceMethod<&SenderWrap::SetTechnique>("setTechnique"),
         InstanceMethod<&SenderWrap::Sample>("sample"), InstanceMethod<&SenderWrap::Cancel>("cancel")}));
  }
  static Napi::Value Create(const Napi::CallbackInfo& info) {
    return Environment::Of(info.Env()).sender.New({info[0]});
  }

  explicit SenderWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SenderWrap>(info) {
    const Napi::Env env = info.Env();
    const auto given = info[0].As<Napi::Object>();
    auto options = SessionOptionsOf(Direction::kSend, given);
    const Napi::Value limits = given.Get("verdictLimits");
    const VerdictLimits verdict = limits.IsObject() ? VerdictOf(limits.As<Napi::Object>()) : VerdictLimits{};
    life_ = std::make_shared<Life>(env);
    session_ = std::make_shared<SendSession>(std::move(options), EndOf(env, life_), verdict);
    info.This().As<Napi::Object>().Set("ended", life_->ended.Promise());
    life_->Attach(env, session_, life_);
  }

 private:
  void AddFiles(const Napi::CallbackInfo& info) {
    auto files = SourceFilesOf(info[0]);
    try {
      session_->AddFiles(std::move(files));
    } catch (const std::invalid_argument& error) {
      throw Napi::TypeError::New(info.Env(), error.what());
    }
  }
  void EndOfFiles(const Napi::CallbackInfo&) { session_->EndOfFiles(); }
  void AddStream(const Napi::CallbackInfo& info) {
    const int index = StreamIndexOf(info[1]);
    UniqueSocket socket = ConnectionWrap::Take(info[0]);
    session_->AddStream(std::move(socket), index);
    life_->HoldLoop(info.Env());
  }
  void SetTechnique(const Napi::CallbackInfo& info) { session_->SetTechnique(TechniqueOf(Direction::kSend, info[0])); }
  Napi::Value Sample(const Napi::CallbackInfo& info) { return SampleOf(info.Env(), *session_); }
  void Cancel(const Napi::CallbackInfo& info) { session_->Cancel(CodeOf(info[0])); }

  std::shared_ptr<Life> life_;
  std::shared_ptr<SendSession> session_;
};

std::optional<Placement> PlacementFrom(const Napi::Value& value) {
  if (!value.IsObject()) return std::nullopt;
  const auto object = value.As<Napi::Object>();
  Placement placement;
  placement.path = object.Get("path").ToString().Utf8Value();
  placement.mode = static_cast<uint32_t>(SizeOf(object.Get("mode"), "mode"));
  const Time time = TimeFrom(object.Get("mtimeNs"));
  placement.mtimeSeconds = time.seconds;
  placement.mtimeNanoseconds = time.nanoseconds;
  return placement;
}

Durability DurabilityOf(const Napi::Value& value) {
  const std::string name = value.ToString();
  if (name == "os") return Durability::kOs;
  if (name == "everysec") return Durability::kEverySecond;
  if (name == "commit") return Durability::kCommit;
  if (name == "through") return Durability::kThrough;
  ThrowExpected(value.Env(), "os, everysec, commit or through", "durability but received \"" + name + "\"");
}

SenderLimits LimitsOf(const Napi::Object& given) {
  SenderLimits limits;
  limits.stall = std::chrono::milliseconds(SizeOf(given.Get("stallMs"), "stallMs"));
  limits.streams = std::chrono::milliseconds(SizeOf(given.Get("streamsMs"), "streamsMs"));
  limits.farewell = std::chrono::milliseconds(SizeOf(given.Get("farewellMs"), "farewellMs"));
  return limits;
}

class ReceiverWrap final : public Napi::ObjectWrap<ReceiverWrap> {
 public:
  static void Define(Napi::Env env) {
    Environment::Of(env).receiver = Napi::Persistent(DefineClass(
        env, "Receiver",
        {InstanceMethod<&ReceiverWrap::AddFiles>("addFiles"), InstanceMethod<&ReceiverWrap::EndOfFiles>("endOfFiles"),
         InstanceMethod<&ReceiverWrap::AddStream>("addStream"),
         InstanceMethod<&ReceiverWrap::SetTechnique>("setTechnique"), InstanceMethod<&ReceiverWrap::Sample>("sample"),
         InstanceMethod<&ReceiverWrap::AllDisplaced>("displaced"),
         InstanceMethod<&ReceiverWrap::Committing>("committing"), InstanceMethod<&ReceiverWrap::Finish>("finish"),
         InstanceMethod<&ReceiverWrap::Cancel>("cancel")}));
  }
  static Napi::Value Create(const Napi::CallbackInfo& info) {
    return Environment::Of(info.Env()).receiver.New({info[0]});
  }

  explicit ReceiverWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ReceiverWrap>(info) {
    const Napi::Env env = info.Env();
    const auto given = info[0].As<Napi::Object>();
    ReceiveOptions options;
    options.session = SessionOptionsOf(Direction::kReceive, given);
    options.staging = FolderFrom(given.Get("staging"));
    if (given.Has("tree")) options.tree = FolderFrom(given.Get("tree"));
    hasTree_ = options.tree != nullptr;
    options.durability = DurabilityOf(given.Get("durability"));
    options.streams = static_cast<int>(SizeOf(given.Get("streams"), "streams"));
    if (options.streams < 1 || options.streams > 16) ThrowExpected(env, "1 to 16", "streams");
    if (given.Get("limits").IsObject()) options.limits = LimitsOf(given.Get("limits").As<Napi::Object>());
    life_ = std::make_shared<Life>(env);
    auto received = [mailbox = Environment::Of(env).mailbox,
                     weak = std::weak_ptr<Life>(life_)](const std::vector<Failure>& failures) {
      mailbox->Post([weak, failures](Napi::Env at) {
        if (const auto alive = weak.lock()) alive->received.Resolve(ToArray(at, failures));
      });
    };
    session_ = std::make_shared<ReceiveSession>(std::move(options), EndOf(env, life_), std::move(received));
    auto self = info.This().As<Napi::Object>();
    self.Set("ended", life_->ended.Promise());
    self.Set("received", life_->received.Promise());
    life_->Attach(env, session_, life_);
  }

 private:
  void AddFiles(const Napi::CallbackInfo& info) {
    const auto array = info[0].As<Napi::Array>();
    std::vector<ExpectedFile> files;
    files.reserve(array.Length());
    for (uint32_t i = 0; i < array.Length(); ++i) {
      const Napi::HandleScope scope(info.Env());
      const auto one = array.Get(i).As<Napi::Object>();
      files.push_back({static_cast<uint32_t>(SizeOf(one.Get("index"), "index")), SizeOf(one.Get("size"), "size"),
                       PlacementFrom(one.Get("placement"))});
      if (files.back().placement && !hasTree_) ThrowExpected(info.Env(), "a tree", "placement");
    }
    try {
      session_->AddFiles(files);
    } catch (const std::invalid_argument& error) {
      throw Napi::TypeError::New(info.Env(), error.what());
    }
  }
  void EndOfFiles(const Napi::CallbackInfo&) { session_->EndOfFiles(); }
  void AddStream(const Napi::CallbackInfo& info) {
    const int index = StreamIndexOf(info[1]);
    std::vector<uint8_t> hello;
    if (!info[2].IsUndefined()) hello = BytesOf(info[2]);
    UniqueSocket socket = ConnectionWrap::Take(info[0]);
    session_->AddStream(std::move(socket), index, std::move(hello));
    life_->HoldLoop(info.Env());
  }
  void SetTechnique(const Napi::CallbackInfo& info) {
    session_->SetTechnique(TechniqueOf(Direction::kReceive, info[0]));
  }
  Napi::Value Sample(const Napi::CallbackInfo& info) { return SampleOf(info.Env(), *session_); }
  Napi::Value AllDisplaced(const Napi::CallbackInfo& info) {
    auto array = Napi::Array::New(info.Env());
    uint32_t count = 0;
    for (const Displaced& displaced : session_->files().AllDisplaced()) {
      auto one = Napi::Object::New(info.Env());
      one.Set("index", displaced.failure.index);
      one.Set("code", ErrnoText(displaced.failure.error));
      one.Set("named", displaced.named);
      array.Set(count++, one);
    }
    return array;
  }
  Napi::Value Committing(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), session_->Committing());
  }
  void Finish(const Napi::CallbackInfo& info) { session_->Finish(FailuresOf(info[0])); }
  void Cancel(const Napi::CallbackInfo& info) { session_->Cancel(CodeOf(info[0])); }

  std::shared_ptr<Life> life_;
  std::shared_ptr<ReceiveSession> session_;
  bool hasTree_ = false;
};

Napi::Value Names(Napi::Env env, Direction direction) {
  auto names = Napi::Array::New(env);
  uint32_t count = 0;
  for (const Technique technique : BuiltTechniques(direction)) {
    if (!IsMissingHere(direction, technique)) names.Set(count++, Napi::String::New(env, TechniqueName(technique)));
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

void RegisterSessions(Napi::Env env, Napi::Object exports) {
  SenderWrap::Define(env);
  ReceiverWrap::Define(env);
  exports.Set("createSender", Napi::Function::New(env, SenderWrap::Create, "createSender"));
  exports.Set("createReceiver", Napi::Function::New(env, ReceiverWrap::Create, "createReceiver"));
  exports.Set("supportedTechniques", Napi::Function::New(env, SupportedTechniques, "supportedTechniques"));
}

}  // namespace penstock
