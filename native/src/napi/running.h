// An activity on threads for one JavaScript environment: a job, a session, a data port.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <optional>

#include "napi/environment.h"

namespace penstock {

/**
 * Begins with Attach and ends with End, both on JavaScript's thread. When the environment ends first, it calls the function
 * given to Attach, which must join the threads. Callbacks to JavaScript come only between the two.
 */
class Running : public std::enable_shared_from_this<Running> {
 public:
  explicit Running(Napi::Env env) : mailbox_(Environment::Of(env).mailbox) {}

  /** The environment keeps `stop` and what it refers to until the end. */
  void Attach(Napi::Env env, std::function<void()> stop);
  /** Keeps the event loop alive until the end. */
  void HoldLoop(Napi::Env env);
  /** False if it has ended before. */
  bool End(Napi::Env env);

  /** Runs a function on JavaScript's thread, in the order of the calls; drops it after the end. Any thread may call it. */
  using Poster = std::function<void(Mailbox::Letter)>;
  Poster MakePoster();

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::optional<Hold> hold_;
  // 0 before Attach and after the end.
  uint64_t id_ = 0;
};

}  // namespace penstock
