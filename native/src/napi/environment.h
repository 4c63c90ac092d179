// State of one JavaScript environment (the main thread or a worker).
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace penstock {

/** Carries work from any thread to JavaScript's. */
class Mailbox {
 public:
  using Letter = std::function<void(Napi::Env)>;

  explicit Mailbox(Napi::Env env);
  /**
   * Runs `letter` on JavaScript's thread, in the order of the calls; drops it when the environment ends. Any thread may
   * call it.
   */
  void Post(Letter letter);
  /** Takes no letter any more, and ends all holds. */
  void Close();

 private:
  friend class Hold;
  void AddHold(Napi::Env env);
  void RemoveHold(Napi::Env env);

  Napi::ThreadSafeFunction function_;
  int holds_ = 0;
  std::mutex mutex_;
  bool closed_ = false;  // needs the lock
};

/** Keeps the event loop alive while it lives. For JavaScript's thread. */
class Hold {
 public:
  /** Holds nothing. */
  Hold() = default;
  explicit Hold(Napi::Env env);
  Hold(Hold&& other) noexcept : env_(other.env_), mailbox_(std::move(other.mailbox_)) {}
  Hold& operator=(Hold&& other) noexcept {
    std::swap(env_, other.env_);
    std::swap(mailbox_, other.mailbox_);
    return *this;
  }
  ~Hold() {
    if (mailbox_) mailbox_->RemoveHold(env_);
  }

 private:
  napi_env env_ = nullptr;
  std::shared_ptr<Mailbox> mailbox_;
};

/** Lives as long as its environment. For JavaScript's thread, except the mailbox. */
struct Environment {
  std::shared_ptr<Mailbox> mailbox;
  Napi::FunctionReference connection;
  Napi::FunctionReference sender;
  Napi::FunctionReference receiver;
  Napi::FunctionReference dataPort;
  Napi::FunctionReference copier;
  Napi::FunctionReference folder;
  Napi::FunctionReference manifest;

  /** Functions that stop and join what still runs when the environment ends. */
  std::map<uint64_t, std::function<void()>> live;
  uint64_t lastLive = 0;

  uint64_t Live(std::function<void()> stop) {
    live.emplace(++lastLive, std::move(stop));
    return lastLive;
  }

  static Environment& Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }
  static void Create(Napi::Env env);
};

/** Exports a function that makes objects of a class from its arguments. The environment keeps the class in `slot`. */
void ExportClass(Napi::Env env, Napi::Object exports, const char* function, Napi::FunctionReference Environment::*slot,
                 const Napi::Function& wrap);

}  // namespace penstock
