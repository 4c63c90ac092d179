// The addon's entry: what JavaScript sees is native/index.ts.
#include <napi.h>

#include "napi/environment.h"
#include "napi/exports.h"

namespace {

constexpr int kAbiVersion = 1;

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  penstock::Environment::Create(env);
  penstock::RegisterConnections(env, exports);
  penstock::RegisterDataPort(env, exports);
  penstock::RegisterSender(env, exports);
  penstock::RegisterReceiver(env, exports);
  penstock::RegisterFolders(env, exports);
  penstock::RegisterCommit(env, exports);
  penstock::RegisterStaging(env, exports);
  penstock::RegisterCopier(env, exports);
  penstock::RegisterFacts(env, exports);
  penstock::RegisterNames(env, exports);
  penstock::RegisterManifest(env, exports);
  exports.Set("abiVersion", Napi::Number::New(env, kAbiVersion));
  return exports;
}

}  // namespace

NODE_API_MODULE(penstock, Init)
