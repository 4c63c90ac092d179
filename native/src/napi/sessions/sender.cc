#include <memory>
#include <utility>

#include "napi/exports.h"
#include "napi/files/manifest.h"
#include "napi/lists.h"
#include "napi/sessions/connection.h"
#include "napi/sessions/delivery.h"
#include "napi/sessions/sample.h"
#include "napi/sessions/session_class.h"
#include "napi/sessions/session_life.h"
#include "napi/values.h"
#include "send/send_session.h"

namespace penstock {
namespace {

VerdictLimits VerdictOf(const Napi::Object& given) {
  VerdictLimits limits;
  limits.silence = std::chrono::milliseconds(SizeOf(given.Get("silenceMs"), "silenceMs"));
  limits.inAll = std::chrono::milliseconds(SizeOf(given.Get("inAllMs"), "inAllMs"));
  return limits;
}

class SenderWrap final : public Napi::ObjectWrap<SenderWrap> {
 public:
  explicit SenderWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SenderWrap>(info) {
    const Napi::Env env = info.Env();
    const auto given = info[0].As<Napi::Object>();
    auto options = SessionOptionsOf(Direction::kSend, given);
    const Napi::Value limits = given.Get("verdictLimits");
    const VerdictLimits verdict = limits.IsObject() ? VerdictOf(limits.As<Napi::Object>()) : VerdictLimits{};
    life_ = std::make_shared<SessionLife>(env);
    session_ = std::make_shared<SendSession>(std::move(options), life_->OnEnd(), verdict);
    info.This().As<Napi::Object>().Set("ended", life_->ended());
    life_->Attach(env, session_);
  }

  void AddManifest(const Napi::CallbackInfo& info) {
    const auto without =
        ListOf(info[1], [](const Napi::Value& index) { return static_cast<uint32_t>(SizeOf(index, "without")); });
    try {
      session_->AddManifest(ManifestFrom(info[0]), without);
    } catch (const std::invalid_argument& error) {
      throw Napi::TypeError::New(info.Env(), error.what());
    }
  }
  void EndOfFiles(const Napi::CallbackInfo& info) {
    EndOfEntries(info.Env(), [this] { session_->EndOfFiles(); });
  }
  void AddControl(const Napi::CallbackInfo& info) {
    const StreamKeys keys = ControlKeysOf(info[1]);
    session_->AddControl(ConnectionWrap::Take(info[0]), keys);
    life_->HoldLoop(info.Env());
  }
  void AddBody(const Napi::CallbackInfo& info) {
    session_->AddBody(ConnectionWrap::Take(info[0]));
    life_->HoldLoop(info.Env());
  }
  void AddStream(const Napi::CallbackInfo& info) {
    const int index = StreamIndexOf(info[1]);
    const auto keys = StreamKeysOf(info[2]);
    UniqueSocket socket = ConnectionWrap::Take(info[0]);
    session_->AddStream(std::move(socket), index, keys);
    life_->HoldLoop(info.Env());
  }
  void SetTechnique(const Napi::CallbackInfo& info) { session_->SetTechnique(TechniqueOf(Direction::kSend, info[0])); }
  Napi::Value Sample(const Napi::CallbackInfo& info) { return SampleOf(info.Env(), *session_); }
  Napi::Value Notes(const Napi::CallbackInfo& info) { return NotesToArray(info.Env(), session_->notes()); }
  void Cancel(const Napi::CallbackInfo& info) { session_->Cancel(CodeOf(info[0])); }

 private:
  std::shared_ptr<SessionLife> life_;
  std::shared_ptr<SendSession> session_;
};

}  // namespace

void RegisterSender(Napi::Env env, Napi::Object exports) {
  ExportClass(env, exports, "createSender", &Environment::sender,
              SessionClass<SenderWrap>(env, "Sender",
                                       {SenderWrap::InstanceMethod<&SenderWrap::AddManifest>("addManifest"),
                                        SenderWrap::InstanceMethod<&SenderWrap::AddControl>("addControl"),
                                        SenderWrap::InstanceMethod<&SenderWrap::AddStream>("addStream"),
                                        SenderWrap::InstanceMethod<&SenderWrap::AddBody>("addBody"),
                                        SenderWrap::InstanceMethod<&SenderWrap::Notes>("notes")}));
}

}  // namespace penstock
