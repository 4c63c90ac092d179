// The part of Sender, Receiver and Copier that they share.
#pragma once

#include <napi.h>

#include <memory>

#include "napi/running.h"
#include "session/session.h"

namespace penstock {

/** Belongs to JavaScript's thread. Resolves `ended` once the session has ended, its threads are joined and its files closed. */
class SessionLife : public std::enable_shared_from_this<SessionLife> {
 public:
  explicit SessionLife(Napi::Env env)
      : ended_(Napi::Promise::Deferred::New(env)), running_(std::make_shared<Running>(env)) {}

  Napi::Promise ended() const { return ended_.Promise(); }
  /** For the session's constructor. */
  Session::OnEnd OnEnd();
  Running::Poster MakePoster() { return running_->MakePoster(); }
  /** The environment keeps the session until its end. */
  void Attach(Napi::Env env, std::shared_ptr<Session> session);
  /** Keeps the event loop alive until the end. */
  void HoldLoop(Napi::Env env) { running_->HoldLoop(env); }

 private:
  void Settle(Napi::Env env, const SessionEnd& end);

  Napi::Promise::Deferred ended_;
  std::shared_ptr<Running> running_;
  std::shared_ptr<Session> session_;
};

/** The number of a stream, 0 to 15. */
int StreamIndexOf(const Napi::Value& value);

}  // namespace penstock
