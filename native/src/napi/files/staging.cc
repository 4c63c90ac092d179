#include <string>

#include "files/target/staging_ops.h"
#include "napi/exports.h"
#include "napi/files/folder.h"
#include "napi/jobs.h"
#include "napi/values.h"

namespace penstock {

namespace {

constexpr char kStagingPrefix[] = ".penstock-";

Napi::Value StartRemoval(const Napi::CallbackInfo& info) {
  const std::string name = TextOf(info[1], "name");
  if (name.rfind(kStagingPrefix, 0) != 0) {
    throw Napi::TypeError::New(info.Env(), "Expected a name that starts with .penstock- but received " + name);
  }
  return StartJob(info.Env(), [parent = FolderFrom(info[0]), name, staging = FolderFrom(info[2])] {
    RemoveStaging(*parent, name, *staging);
    return Nothing();
  });
}

}  // namespace

void RegisterStaging(Napi::Env env, Napi::Object exports) {
  Add(env, exports, "writeMarker", [](const Napi::CallbackInfo& info) {
    WriteMarker(*FolderFrom(info[0]), BytesOf(info[1]));
    return info.Env().Undefined();
  });
  Add(env, exports, "readMarker", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const std::optional<std::vector<uint8_t>> bytes = ReadMarker(*FolderFrom(info[0]));
    if (!bytes) return info.Env().Null();
    return ToBytes(info.Env(), bytes->data(), bytes->size());
  });
  Add(env, exports, "removeStaging", StartRemoval);
  Add(env, exports, "foldsNames", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [folder = FolderFrom(info[0])]() -> MakeResult {
      return [folds = ProbeNames(*folder)](Napi::Env result_env) {
        Napi::Object object = Napi::Object::New(result_env);
        object.Set("caseFolds", folds.case_folds);
        object.Set("normalisationFolds", folds.normalisation_folds);
        object.Set("refused", folds.refused);
        object.Set("refusesEndings", folds.refuses_endings);
        object.Set("refusesDevices", folds.refuses_devices);
        object.Set("countsUnits", folds.counts_units);
        return object;
      };
    });
  });
}

}  // namespace penstock
