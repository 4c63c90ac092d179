#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/calls.h"
#include "base/node_descriptor.h"
#include "files/tree_walk.h"
#include "napi/exports.h"
#include "napi/jobs.h"
#include "napi/lists.h"
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
  object.Set("targets", ToBytes(env, reinterpret_cast<const uint8_t*>(piece.targets.data()), piece.targets.size()));
  object.Set("parents", ArrayOf<Napi::Int32Array>(env, piece.parents));
  object.Set("modes", ArrayOf<Napi::Uint32Array>(env, piece.modes));
  object.Set("sizes", ArrayOf<Napi::Float64Array>(env, piece.sizes));
  object.Set("timesNs", ArrayOf<Napi::BigInt64Array>(env, piece.times));
  object.Set("failures", ObjectsOf(env, piece.failures, [](Napi::Object one, const Failure& failure) {
               one.Set("at", failure.index);
               one.Set("code", failure.error != 0 ? ErrnoText(failure.error) : kSizeUnknown);
             }));
  return object;
}

Napi::Value WalkTree(const Napi::CallbackInfo& info) {
  const auto walk = std::make_shared<TreeWalk>(TextOf(info[0], "path"));
  const auto next = [walk](const Napi::CallbackInfo& call) {
    return StartJob(call.Env(), [walk, limit = SizeOf(call[0], "limit")]() -> MakeResult {
      return [piece = walk->Next(limit)](Napi::Env env) { return ObjectOf(env, piece); };
    });
  };
  return Napi::Function::New(info.Env(), next, "next");
}

}  // namespace

void RegisterTrees(Napi::Env env, Napi::Object exports) {
  Add(env, exports, "walkTree", WalkTree);
  Add(env, exports, "openSource", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [source = SourcePathOf(info[0].As<Napi::Object>())]() -> MakeResult {
      Counters counters;
      Calls calls(counters);
      const auto file = std::make_shared<UniqueFd>(calls.OpenSource(source));
      if (!file->valid()) throw SystemError(errno, "openat", source.path);
      return [file](Napi::Env result_env) { return Napi::Number::New(result_env, NodeDescriptor(std::move(*file))); };
    });
  });
  Add(env, exports, "reportsSize", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [path = TextOf(info[0], "path")]() -> MakeResult {
      return [reports = ReportsSize(path)](Napi::Env result_env) { return Napi::Boolean::New(result_env, reports); };
    });
  });
}

}  // namespace penstock
