#include "napi/jobs.h"

#include <cerrno>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "errors/failure.h"
#include "napi/failures.h"
#include "napi/running.h"
#include "system/thread.h"

namespace penstock {
namespace {

struct Job {
  explicit Job(Napi::Env env) : deferred(Napi::Promise::Deferred::New(env)), running(std::make_shared<Running>(env)) {}

  Napi::Promise::Deferred deferred;
  std::shared_ptr<Running> running;
  std::thread thread;
  Work work;
  // Written by the thread before it posts.
  MakeResult result;
  Failure failure{};
  std::string unexpected;
  // Frames of the call that began the job: an error made later would have none.
  std::string frames;
};

std::string CallerFrames(Napi::Env env) {
  const Napi::Value stack = Napi::Error::New(env, "").Value().As<Napi::Object>().Get("stack");
  const std::string text = stack.IsString() ? stack.As<Napi::String>().Utf8Value() : "";
  const size_t line = text.find('\n');
  return line == std::string::npos ? "" : text.substr(line);
}

void Run(Job& job) {
  try {
    job.result = job.work();
  } catch (const SystemError& error) {
    job.failure = error.failure();
  } catch (const std::exception& error) {
    job.unexpected = error.what();
  }
}

void Settle(Napi::Env env, Job& job) {
  try {
    if (job.result) return job.deferred.Resolve(job.result(env));
  } catch (const SystemError& error) {
    job.failure = error.failure();
  } catch (const Napi::Error& error) {
    return job.deferred.Reject(error.Value());
  }
  const Napi::Error error = job.failure ? ToError(env, job.failure) : Napi::Error::New(env, job.unexpected);
  error.Value().As<Napi::Object>().Set("stack", "Error: " + error.Message() + job.frames);
  job.deferred.Reject(error.Value());
}

}  // namespace

Napi::Value StartJob(Napi::Env env, Work work, std::function<void()> cancel) {
  const auto job = std::make_shared<Job>(env);
  job->work = std::move(work);
  job->frames = CallerFrames(env);
  const Napi::Promise promise = job->deferred.Promise();
  const auto finish = [job](Napi::Env at) {
    job->running->End(at);
    if (job->thread.joinable()) job->thread.join();
    Settle(at, *job);
  };
  job->running->Attach(env, [job, cancel = std::move(cancel)] {
    if (cancel) cancel();
    if (job->thread.joinable()) job->thread.join();
  });
  job->running->HoldLoop(env);
  try {
    job->thread = std::thread([raw = job.get(), post = job->running->MakePoster(), finish] {
      PrepareThread("ps-job");
      Run(*raw);
      post(finish);
    });
  } catch (const std::system_error& error) {
    job->failure = {Code::kNone, error.code().value(), "pthread_create"};
    finish(env);
  }
  return promise;
}

MakeResult Nothing() {
  return [](Napi::Env env) { return env.Undefined(); };
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
