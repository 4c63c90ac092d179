#include <memory>
#include <string>
#include <utility>

#include "copy/copy_session.h"
#include "napi/exports.h"
#include "napi/files/folder.h"
#include "napi/sessions/sample.h"
#include "napi/sessions/session_class.h"
#include "napi/sessions/session_life.h"
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

Napi::Value CopySampleOf(Napi::Env env, Session& session) {
  auto sample = CountersOf(env, session);
  sample.Set("rangeAcrossBytes", CountOf(env, session.counters().rangeAcrossBytes));
  return sample;
}

class CopierWrap final : public Napi::ObjectWrap<CopierWrap> {
 public:
  explicit CopierWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CopierWrap>(info) {
    const Napi::Env env = info.Env();
    auto options = CopyOptionsOf(info[0].As<Napi::Object>());
    const auto life = std::make_shared<SessionLife>(env);
    session_ = std::make_shared<CopySession>(std::move(options), life->OnEnd());
    info.This().As<Napi::Object>().Set("ended", life->ended());
    life->Attach(env, session_);
    life->HoldLoop(env);
  }

  void AddFiles(const Napi::CallbackInfo& info) { session_->AddFiles(SourceFilesOf(info[0])); }
  void EndOfFiles(const Napi::CallbackInfo&) { session_->EndOfFiles(); }
  void SetTechnique(const Napi::CallbackInfo& info) { session_->SetTechnique(TechniqueOf(Direction::kCopy, info[0])); }
  Napi::Value Sample(const Napi::CallbackInfo& info) { return CopySampleOf(info.Env(), *session_); }
  void Cancel(const Napi::CallbackInfo&) { session_->Cancel(Code::kCancelled); }

 private:
  std::shared_ptr<CopySession> session_;
};

}  // namespace

void RegisterCopier(Napi::Env env, Napi::Object exports) {
  ExportClass(env, exports, "createCopier", &Environment::copier,
              SessionClass<CopierWrap>(env, "Copier", {CopierWrap::InstanceMethod<&CopierWrap::AddFiles>("addFiles")}));
}

}  // namespace penstock
