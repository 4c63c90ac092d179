#include "napi/running.h"

#include <utility>

namespace penstock {

void Running::Attach(Napi::Env env, std::function<void()> stop) {
  id_ = Environment::Of(env).Live([self = shared_from_this(), stop = std::move(stop)] { stop(); });
}

void Running::HoldLoop(Napi::Env env) {
  if (!hold_ && id_ != 0) hold_.emplace(env);
}

bool Running::End(Napi::Env env) {
  if (id_ == 0) return false;
  // The environment's reference may be the last one.
  const auto self = shared_from_this();
  hold_.reset();
  Environment::Of(env).live.erase(std::exchange(id_, 0));
  return true;
}

Running::Poster Running::MakePoster() {
  return [mailbox = mailbox_, weak = weak_from_this()](Mailbox::Letter letter) {
    mailbox->Post([weak, letter = std::move(letter)](Napi::Env env) {
      const auto running = weak.lock();
      if (running && running->id_ != 0) letter(env);
    });
  };
}

}  // namespace penstock
