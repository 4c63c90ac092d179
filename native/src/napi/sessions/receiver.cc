#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "napi/exports.h"
#include "napi/failures.h"
#include "napi/files/folder.h"
#include "napi/lists.h"
#include "napi/sessions/connection.h"
#include "napi/sessions/delivery.h"
#include "napi/sessions/sample.h"
#include "napi/sessions/session_class.h"
#include "napi/sessions/session_life.h"
#include "napi/values.h"
#include "receive/receive_session.h"

namespace penstock {
namespace {

std::optional<Placement> PlacementFrom(const Napi::Value& value) {
  if (!value.IsObject()) return std::nullopt;
  const auto object = value.As<Napi::Object>();
  Placement placement;
  placement.path = object.Get("path").ToString().Utf8Value();
  placement.mode = static_cast<uint32_t>(SizeOf(object.Get("mode"), "mode"));
  placement.modified = TimeFrom(object.Get("mtimeNs"));
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
    life_ = std::make_shared<SessionLife>(env);
    const auto received = Napi::Promise::Deferred::New(env);
    auto onReceived = [post = life_->MakePoster(), received](const std::vector<Failure>& failures) {
      post([received, failures](Napi::Env at) { received.Resolve(ToArray(at, failures)); });
    };
    session_ = std::make_shared<ReceiveSession>(std::move(options), life_->OnEnd(), std::move(onReceived));
    auto self = info.This().As<Napi::Object>();
    self.Set("ended", life_->ended());
    self.Set("received", received.Promise());
    life_->Attach(env, session_);
  }

  void AddFiles(const Napi::CallbackInfo& info) {
    try {
      session_->AddFiles(ListOf(info[0], [hasTree = hasTree_](const Napi::Value& value) {
        const auto one = value.As<Napi::Object>();
        ExpectedFile file{static_cast<uint32_t>(SizeOf(one.Get("index"), "index")), SizeOf(one.Get("size"), "size"),
                          PlacementFrom(one.Get("placement"))};
        if (file.placement && !hasTree) ThrowExpected(value.Env(), "a tree", "placement");
        return file;
      }));
    } catch (const std::invalid_argument& error) {
      throw Napi::TypeError::New(info.Env(), error.what());
    }
  }
  void AddOthers(const Napi::CallbackInfo& info) { session_->AddOthers(OtherEntriesOf(info[0])); }
  void EndOfFiles(const Napi::CallbackInfo& info) {
    EndOfEntries(info.Env(), [this] { session_->EndOfFiles(); });
  }
  void AddControl(const Napi::CallbackInfo& info) {
    StreamStart start;
    start.hello = BytesOf(info[1]);
    start.keys = ControlKeysOf(info[2]);
    session_->AddControl(ConnectionWrap::Take(info[0]), std::move(start));
    life_->HoldLoop(info.Env());
  }
  void AddBody(const Napi::CallbackInfo& info) {
    session_->AddBody(ConnectionWrap::Take(info[0]));
    life_->HoldLoop(info.Env());
  }
  void AddStream(const Napi::CallbackInfo& info) {
    const int index = StreamIndexOf(info[1]);
    StreamStart start;
    start.hello = BytesOf(info[2]);
    start.keys = StreamKeysOf(info[3]);
    UniqueSocket socket = ConnectionWrap::Take(info[0]);
    session_->AddStream(std::move(socket), index, std::move(start));
    life_->HoldLoop(info.Env());
  }
  void SetTechnique(const Napi::CallbackInfo& info) {
    session_->SetTechnique(TechniqueOf(Direction::kReceive, info[0]));
  }
  Napi::Value Sample(const Napi::CallbackInfo& info) { return SampleOf(info.Env(), *session_); }
  Napi::Value AllDisplaced(const Napi::CallbackInfo& info) {
    return ObjectsOf(info.Env(), session_->files().AllDisplaced(), [](Napi::Object one, const Displaced& displaced) {
      one.Set("index", displaced.failure.index);
      one.Set("code", ErrnoText(displaced.failure.error));
      one.Set("named", displaced.named);
    });
  }
  Napi::Value Changes(const Napi::CallbackInfo& info) {
    return ObjectsOf(info.Env(), session_->files().AllChanges(), [](Napi::Object one, const EntryNote& note) {
      one.Set("index", note.index);
      SetNote(one, note.code, note.error);
    });
  }
  Napi::Value Committing(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), session_->Committing());
  }
  void Finish(const Napi::CallbackInfo& info) { session_->Finish(FailuresOf(info[0]), NotesOf(info[1])); }
  void Cancel(const Napi::CallbackInfo& info) {
    const Code code = CodeOf(info[0]);
    const int error = ErrnoNamed(info[1]);
    if (error == 0) {
      session_->Cancel(code);
    } else if (!session_->finishing()) {
      session_->End(SessionEnd{SessionEnd::Kind::kCancelled, {code, error}});
    }
  }

 private:
  std::shared_ptr<SessionLife> life_;
  std::shared_ptr<ReceiveSession> session_;
  bool hasTree_ = false;
};

}  // namespace

void RegisterReceiver(Napi::Env env, Napi::Object exports) {
  ExportClass(env, exports, "createReceiver", &Environment::receiver,
              SessionClass<ReceiverWrap>(env, "Receiver",
                                         {ReceiverWrap::InstanceMethod<&ReceiverWrap::AddFiles>("addFiles"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::AddOthers>("addOthers"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::AddControl>("addControl"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::AddStream>("addStream"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::AddBody>("addBody"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::AllDisplaced>("displaced"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::Changes>("changes"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::Committing>("committing"),
                                          ReceiverWrap::InstanceMethod<&ReceiverWrap::Finish>("finish")}));
}

}  // namespace penstock
