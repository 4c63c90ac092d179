#include "napi/jobs.h"

#include <thread>
#include <utility>

#include "files/file_ops.h"
#include "napi/failures.h"

namespace penstock {

namespace {

std::string CallerFrames(Napi::Env env) {
  const Napi::Value stack = Napi::Error::New(env, "").Value().As<Napi::Object>().Get("stack");
  const std::string text = stack.IsString() ? stack.As<Napi::String>().Utf8Value() : "";
  const size_t line = text.find('\n');
  return line == std::string::npos ? "" : text.substr(line);
}

}  // namespace

/// A job on a thread of its own whose promise is settled on JavaScript's thread.
struct Jobs::Job {
  explicit Job(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise::Deferred deferred;
  Napi::ThreadSafeFunction done;
  std::thread thread;
  Work work;
  MakeResult result;
  Failure failure{};
  std::string unexpected;
  /// Frames of the call that began the job; an error made later would have none.
  std::string frames;
};

Jobs::Jobs() = default;

Jobs::~Jobs() = default;

Napi::Value Jobs::Start(Napi::Env env, Work work) {
  auto job = std::make_shared<Job>(env);
  job->work = std::move(work);
  job->frames = CallerFrames(env);
  job->done = Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}),
                                            "penstock file job", 0, 1);
  // Hooks run last in, first out: the thread is joined before the function above goes away with the
  // environment.
  napi_add_env_cleanup_hook(env, &Jobs::Join, job.get());
  running_[job.get()] = job;
  const Napi::Promise promise = job->deferred.Promise();
  const std::weak_ptr<Jobs> self = weak_from_this();
  job->thread = std::thread([job = job.get(), self] {
    RunWork(*job);
    Napi::ThreadSafeFunction done = job->done;
    done.BlockingCall([job, self](Napi::Env callback_env, Napi::Function) {
      if (const std::shared_ptr<Jobs> jobs = self.lock()) jobs->Finish(callback_env, job);
    });
    done.Release();
  });
  return promise;
}

void Jobs::Join(void* argument) {
  Job* job = static_cast<Job*>(argument);
  if (job->thread.joinable()) job->thread.join();
}

void Jobs::RunWork(Job& job) {
  try {
    job.result = job.work();
  } catch (const SystemError& error) {
    job.failure = error.failure();
  } catch (const std::exception& error) {
    job.unexpected = error.what();
  }
}

void Jobs::Finish(Napi::Env env, Job* key) {
  const auto found = running_.find(key);
  if (found == running_.end()) return;
  const std::shared_ptr<Job> job = found->second;
  running_.erase(found);
  napi_remove_env_cleanup_hook(env, &Jobs::Join, job.get());
  if (job->thread.joinable()) job->thread.join();
  try {
    if (job->result) {
      job->deferred.Resolve(job->result(env));
      return;
    }
  } catch (const SystemError& error) {
    job->failure = error.failure();
  }
  const Napi::Error error = job->failure ? ToError(env, job->failure) : Napi::Error::New(env, job->unexpected);
  error.Value().As<Napi::Object>().Set("stack", "Error: " + error.Message() + job->frames);
  job->deferred.Reject(error.Value());
}

MakeResult Nothing() {
  return [](Napi::Env env) { return env.Undefined(); };
}

std::string Text(const Napi::Value& value, const char* what) {
  if (!value.IsString()) {
    throw Napi::TypeError::New(value.Env(), std::string("Expected a string for ") + what);
  }
  return value.As<Napi::String>().Utf8Value();
}

void Add(Napi::Env env, Napi::Object exports, const char* name, Callback callback) {
  exports.Set(name, Napi::Function::New(
                        env,
                        [callback = std::move(callback)](const Napi::CallbackInfo& info) -> Napi::Value {
                          try {
                            return callback(info);
                          } catch (const SystemError& error) {
                            throw ToError(info.Env(), error.failure());
                          }
                        },
                        name));
}

}  // namespace penstock
