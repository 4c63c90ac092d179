#include "napi/staging_napi.h"

#include <string>

#include "files/staging_ops.h"
#include "napi/file_ops_napi.h"
#include "napi/values.h"

namespace penstock {

namespace {

constexpr char kStagingPrefix[] = ".penstock-";

Napi::Value StartRemoval(const Napi::CallbackInfo& info, Jobs& jobs) {
  const std::string name = Text(info[1], "name");
  if (name.rfind(kStagingPrefix, 0) != 0) {
    throw Napi::TypeError::New(info.Env(), "Expected a name that starts with .penstock- but received " + name);
  }
  return jobs.Start(info.Env(), [parent = FolderFrom(info[0]), name, staging = FolderFrom(info[2])] {
    RemoveStaging(*parent, name, *staging);
    return Nothing();
  });
}

}  // namespace

void RegisterStagingOps(Napi::Env env, Napi::Object exports, const std::shared_ptr<Jobs>& jobs,
                        const WrapFolder& wrap) {
  Add(env, exports, "openFolderIn", [wrap](const Napi::CallbackInfo& info) {
    return wrap(info.Env(), OpenFolderIn(*FolderFrom(info[0]), Text(info[1], "name")));
  });
  Add(env, exports, "identityOf",
      [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), IdentityOf(*FolderFrom(info[0]))); });
  Add(env, exports, "writeMarker", [](const Napi::CallbackInfo& info) {
    WriteMarker(*FolderFrom(info[0]), BytesOf(info[1]));
    return info.Env().Undefined();
  });
  Add(env, exports, "readMarker", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::optional<std::vector<uint8_t>> bytes = ReadMarker(*FolderFrom(info[0]));
    if (!bytes) return info.Env().Null();
    return ToBytes(info.Env(), bytes->data(), bytes->size());
  });
  Add(env, exports, "removeStaging", [jobs](const Napi::CallbackInfo& info) { return StartRemoval(info, *jobs); });
  Add(env, exports, "foldsNames", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [folder = FolderFrom(info[0])]() -> MakeResult {
      return [folds = ProbeNames(*folder)](Napi::Env result_env) {
        Napi::Object object = Napi::Object::New(result_env);
        object.Set("caseFolds", folds.case_folds);
        object.Set("normalisationFolds", folds.normalisation_folds);
        return object;
      };
    });
  });
}

}  // namespace penstock
