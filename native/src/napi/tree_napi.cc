#include "napi/tree_napi.h"

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "files/file_ops.h"
#include "files/tree_walk.h"
#include "napi/failures.h"
#include "napi/jobs.h"
#include "napi/values.h"

namespace penstock {
namespace {

/** The code of a regular file that does not have the size that the system reports. */
constexpr char kSizeUnknown[] = "SIZE_UNKNOWN";

// Memory of the environment's own: Electron takes no buffers from elsewhere.
template <typename Array, typename Value>
Array ArrayOf(Napi::Env env, const std::vector<Value>& values) {
  Array array = Array::New(env, values.size());
  if (!values.empty()) std::memcpy(array.Data(), values.data(), values.size() * sizeof(Value));
  return array;
}

Napi::Object ObjectOf(Napi::Env env, const TreePiece& piece) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("names", ToBytes(env, reinterpret_cast<const uint8_t*>(piece.names.data()), piece.names.size()));
  object.Set("parents", ArrayOf<Napi::Int32Array>(env, piece.parents));
  object.Set("modes", ArrayOf<Napi::Uint32Array>(env, piece.modes));
  object.Set("sizes", ArrayOf<Napi::Float64Array>(env, piece.sizes));
  object.Set("timesNs", ArrayOf<Napi::BigInt64Array>(env, piece.times));
  Napi::Array failures = Napi::Array::New(env, piece.failures.size());
  uint32_t index = 0;
  for (const Failure& failure : piece.failures) {
    Napi::Object one = Napi::Object::New(env);
    one.Set("at", failure.index);
    one.Set("code", failure.error != 0 ? ErrnoText(failure.error) : kSizeUnknown);
    failures.Set(index++, one);
  }
  object.Set("failures", failures);
  return object;
}

/** Takes the next piece on a thread of the pool. */
class NextPiece : public Napi::AsyncWorker {
 public:
  NextPiece(Napi::Env env, std::shared_ptr<TreeWalk> walk, size_t limit)
      : Napi::AsyncWorker(env, "penstock tree"),
        deferred_(Napi::Promise::Deferred::New(env)),
        walk_(std::move(walk)),
        limit_(limit) {}

  Napi::Value promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      piece_ = walk_->Next(limit_);
    } catch (const SystemError& error) {
      failure_ = error.failure();
    }
  }

  void OnOK() override {
    if (failure_) {
      deferred_.Reject(ToError(Env(), failure_).Value());
    } else {
      deferred_.Resolve(ObjectOf(Env(), piece_));
    }
  }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<TreeWalk> walk_;
  size_t limit_;
  TreePiece piece_;
  Failure failure_{};
};

Napi::Value WalkTree(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) ThrowExpected(info.Env(), "a string", "path");
  const auto walk = std::make_shared<TreeWalk>(info[0].As<Napi::String>().Utf8Value());
  return Napi::Function::New(
      info.Env(),
      [walk](const Napi::CallbackInfo& call) {
        // It deletes itself when it has answered.
        auto* next = new NextPiece(call.Env(), walk, SizeOf(call[0], "limit"));
        const Napi::Value promise = next->promise();
        next->Queue();
        return promise;
      },
      "next");
}

}  // namespace

void RegisterTrees(Napi::Env env, Napi::Object exports) {
  exports.Set("walkTree", Napi::Function::New(env, WalkTree, "walkTree"));
  const auto jobs = std::make_shared<Jobs>();
  Add(env, exports, "reportsSize", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [path = Text(info[0], "path")]() -> MakeResult {
      return [reports = ReportsSize(path)](Napi::Env result_env) { return Napi::Boolean::New(result_env, reports); };
    });
  });
}

}  // namespace penstock
