// What the addon keeps for one JavaScript environment (the main thread or one worker).
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
   * Runs `letter` on JavaScript's thread, in the order of posting. Dropped when the environment is going. Any
   * thread.
   */
  void Post(Letter letter);
  /** No letter is taken after this, and no hold counts. */
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

/** Keeps the event loop alive while it lives. JavaScript's thread only. */
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

/** Lives as long as its environment. JavaScript's thread only, but for the mailbox. */
struct Environment {
  std::shared_ptr<Mailbox> mailbox;
  Napi::FunctionReference connection;
  Napi::FunctionReference sender;
  Napi::FunctionReference receiver;
  Napi::FunctionReference dataPort;
  Napi::FunctionReference copier;
  Napi::FunctionReference folder;

  /** What must be stopped, its threads joined, before the environment goes. */
  std::map<uint64_t, std::function<void()>> live;
  uint64_t lastLive = 0;

  uint64_t Live(std::function<void()> stop) {
    live.emplace(++lastLive, std::move(stop));
    return lastLive;
  }

  static Environment& Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }
  static void Create(Napi::Env env);
};

}  // namespace penstock
