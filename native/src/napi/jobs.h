// Work for the addon's functions: jobs on threads of their own that settle a promise, and functions whose FileErrors
// become JavaScript errors.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace penstock {

using MakeResult = std::function<Napi::Value(Napi::Env)>;
/// Runs on the job's thread; what it returns runs on JavaScript's.
using Work = std::function<MakeResult()>;

/// The running jobs of one environment.
class Jobs : public std::enable_shared_from_this<Jobs> {
 public:
  Jobs();
  ~Jobs();
  /// A promise of the work's result; it rejects with the SystemError that the work throws.
  Napi::Value Start(Napi::Env env, Work work);

 private:
  struct Job;
  static void Join(void* argument);
  static void RunWork(Job& job);
  void Finish(Napi::Env env, Job* key);

  std::unordered_map<Job*, std::shared_ptr<Job>> running_;
};

/// The result `undefined`.
MakeResult Nothing();

/// A string argument; throws Napi::TypeError with `what` in its text where it is none.
std::string Text(const Napi::Value& value, const char* what);

using Callback = std::function<Napi::Value(const Napi::CallbackInfo&)>;

/// Adds one function whose FileErrors become JavaScript errors.
void Add(Napi::Env env, Napi::Object exports, const char* name, Callback callback);

}  // namespace penstock
