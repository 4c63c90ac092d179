#include "napi/environment.h"

#include <utility>

namespace penstock {

Mailbox::Mailbox(Napi::Env env)
    : function_(Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}),
                                              "penstock", 0, 1)) {
  function_.Unref(env);
}

void Mailbox::Post(Letter letter) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  auto box = std::make_unique<Letter>(std::move(letter));
  const napi_status status = function_.NonBlockingCall(box.get(), [](Napi::Env env, Napi::Function, Letter* arrived) {
    const std::unique_ptr<Letter> owned(arrived);
    // Without an environment the letter is too late.
    if (static_cast<napi_env>(env) != nullptr) (*owned)(env);
  });
  if (status == napi_ok) static_cast<void>(box.release());
}

void Mailbox::AddHold(Napi::Env env) {
  if (holds_++ == 0) function_.Ref(env);
}

void Mailbox::RemoveHold(Napi::Env env) {
  // Objects may outlive the environment: the function is gone then.
  const std::lock_guard<std::mutex> lock(mutex_);
  if (--holds_ == 0 && !closed_) function_.Unref(env);
}

void Mailbox::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

Hold::Hold(Napi::Env env) : env_(env), mailbox_(Environment::Of(env).mailbox) { mailbox_->AddHold(env); }

void Environment::Create(Napi::Env env) {
  auto environment = std::make_unique<Environment>();
  environment->mailbox = std::make_shared<Mailbox>(env);
  // Added after the mailbox, so that it runs before the mailbox's own hook: the threads are joined by then.
  env.AddCleanupHook(
      [](Environment* self) {
        self->mailbox->Close();
        for (auto& [id, stop] : self->live) stop();
        self->live.clear();
      },
      environment.get());
  env.SetInstanceData(environment.release());
}

void ExportClass(Napi::Env env, Napi::Object exports, const char* function, Napi::FunctionReference Environment::*slot,
                 const Napi::Function& wrap) {
  Environment::Of(env).*slot = Napi::Persistent(wrap);
  const auto make = [slot](const Napi::CallbackInfo& info) -> Napi::Value {
    return (Environment::Of(info.Env()).*slot).New({info[0], info[1]});
  };
  exports.Set(function, Napi::Function::New(env, make, function));
}

}  // namespace penstock
