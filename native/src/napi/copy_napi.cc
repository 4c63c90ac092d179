#include "napi/copy_napi.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copy/copy_session.h"
#include "napi/environment.h"
#include "napi/failures.h"
#include "napi/file_ops_napi.h"
#include "napi/sample.h"
#include "napi/values.h"

namespace penstock {
namespace {

CopyOptions CopyOptionsOf(const Napi::Object& given) {
  CopyOptions options;
  TakeTechniques(Direction::kCopy, given, &options.session);
  options.staging = FolderFrom(given.Get("staging"));
  const std::string durability = given.Get("durability").ToString();
  options.through = durability == "through";
  options.everySecond = durability == "everysec";
  return options;
}

// What a session is to one environment: its promise, and that it keeps the event loop alive.
struct CopyLife {
  explicit CopyLife(Napi::Env env) : ended(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise::Deferred ended;
  std::shared_ptr<CopySession> session;
  uint64_t id = 0;
  std::optional<Hold> hold;

  void Settle(Napi::Env env, const SessionEnd& end) {
    if (id == 0) return;
    session->Join();
    session->ReleaseFiles();
    hold.reset();
    Environment::Of(env).live.erase(std::exchange(id, 0));
    ended.Resolve(ToObject(env, end, session->failures()));
  }
};

Napi::Value CopySampleOf(Napi::Env env, Session& session) {
  auto sample = CountersOf(env, session);
  sample.Set("rangeAcrossBytes", CountOf(env, session.counters().rangeAcrossBytes));
  return sample;
}

class CopierWrap final : public Napi::ObjectWrap<CopierWrap> {
 public:
  static void Define(Napi::Env env) {
    Environment::Of(env).copier = Napi::Persistent(DefineClass(
        env, "Copier",
        {InstanceMethod<&CopierWrap::AddFiles>("addFiles"), InstanceMethod<&CopierWrap::EndOfFiles>("endOfFiles"),
         InstanceMethod<&CopierWrap::SetTechnique>("setTechnique"), InstanceMethod<&CopierWrap::Sample>("sample"),
         InstanceMethod<&CopierWrap::Cancel>("cancel")}));
  }
  static Napi::Value Create(const Napi::CallbackInfo& info) {
    return Environment::Of(info.Env()).copier.New({info[0]});
  }

  explicit CopierWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CopierWrap>(info) {
    const Napi::Env env = info.Env();
    auto options = CopyOptionsOf(info[0].As<Napi::Object>());
    auto life = std::make_shared<CopyLife>(env);
    Environment& environment = Environment::Of(env);
    auto onEnd = [mailbox = environment.mailbox, weak = std::weak_ptr<CopyLife>(life)](const SessionEnd& end) {
      mailbox->Post([weak, end](Napi::Env at) {
        if (const auto alive = weak.lock()) alive->Settle(at, end);
      });
    };
    info.This().As<Napi::Object>().Set("ended", life->ended.Promise());
    session_ = std::make_shared<CopySession>(std::move(options), std::move(onEnd));
    life->session = session_;
    life->hold.emplace(env);
    // Held by the environment until the end, so that nobody has to keep the object for its promise.
    life->id = environment.Live([life] { life->session->Abort(); });
  }

 private:
  void AddFiles(const Napi::CallbackInfo& info) { session_->AddFiles(SourceFilesOf(info[0])); }
  void EndOfFiles(const Napi::CallbackInfo&) { session_->EndOfFiles(); }
  void SetTechnique(const Napi::CallbackInfo& info) { session_->SetTechnique(TechniqueOf(Direction::kCopy, info[0])); }
  Napi::Value Sample(const Napi::CallbackInfo& info) { return CopySampleOf(info.Env(), *session_); }
  void Cancel(const Napi::CallbackInfo&) { session_->Cancel(Code::kCancelled); }

  std::shared_ptr<CopySession> session_;
};

Napi::Value CopyTechniques(const Napi::CallbackInfo& info) {
  auto names = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (const Technique technique : BuiltTechniques(Direction::kCopy)) {
    if (IsMissingHere(Direction::kCopy, technique)) continue;
    names.Set(count++, Napi::String::New(info.Env(), TechniqueName(technique)));
  }
  return names;
}

}  // namespace

void RegisterCopier(Napi::Env env, Napi::Object exports) {
  CopierWrap::Define(env);
  exports.Set("createCopier", Napi::Function::New(env, CopierWrap::Create, "createCopier"));
  exports.Set("copyTechniques", Napi::Function::New(env, CopyTechniques, "copyTechniques"));
}

}  // namespace penstock
