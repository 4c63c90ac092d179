// What the addon keeps for one JavaScript environment (the main thread or one worker).
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

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
  /** While there are more holds than releases the event loop stays alive. JavaScript's thread only. */
  void Hold(Napi::Env env);
  void Release(Napi::Env env);
  /** No letter is taken after this. */
  void Close();

 private:
  Napi::ThreadSafeFunction function_;
  int holds_ = 0;
  std::mutex mutex_;
  bool closed_ = false;  // needs the lock
};

/** Lives as long as its environment. JavaScript's thread only, but for the mailbox. */
struct Environment {
  std::shared_ptr<Mailbox> mailbox;
  Napi::FunctionReference connection;
  Napi::FunctionReference sender;
  Napi::FunctionReference receiver;
  Napi::FunctionReference dataPort;
  Napi::FunctionReference copier;

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
