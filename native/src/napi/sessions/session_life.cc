#include "napi/sessions/session_life.h"

#include <utility>

#include "napi/failures.h"
#include "napi/values.h"

namespace penstock {

Session::OnEnd SessionLife::OnEnd() {
  return [post = MakePoster(), weak = weak_from_this()](const SessionEnd& end) {
    post([weak, end](Napi::Env env) {
      if (const auto life = weak.lock()) life->Settle(env, end);
    });
  };
}

void SessionLife::Attach(Napi::Env env, std::shared_ptr<Session> session) {
  session_ = std::move(session);
  running_->Attach(env, [self = shared_from_this()] { self->session_->Abort(); });
}

void SessionLife::Settle(Napi::Env env, const SessionEnd& end) {
  session_->Join();
  session_->ReleaseFiles();
  running_->End(env);
  ended_.Resolve(ToObject(env, end, session_->failures()));
}

int StreamIndexOf(const Napi::Value& value) {
  const uint64_t index = SizeOf(value, "streamIndex");
  if (index < 1 || index > 16) ThrowExpected(value.Env(), "1 to 16", "streamIndex");
  return static_cast<int>(index);
}

}  // namespace penstock
