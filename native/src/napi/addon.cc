// The addon's entry: what JavaScript sees is native/index.ts.
#include <napi.h>

#include "napi/connection_napi.h"
#include "napi/copy_napi.h"
#include "napi/environment.h"
#include "napi/facts_napi.h"
#include "napi/file_ops_napi.h"
#include "napi/session_napi.h"
#include "napi/tree_napi.h"

namespace {

constexpr int kAbiVersion = 1;

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  penstock::Environment::Create(env);
  penstock::RegisterConnections(env, exports);
  penstock::RegisterSessions(env, exports);
  penstock::RegisterFileOps(env, exports);
  penstock::RegisterCopier(env, exports);
  penstock::RegisterFacts(env, exports);
  penstock::RegisterTrees(env, exports);
  exports.Set("abiVersion", Napi::Number::New(env, kAbiVersion));
  return exports;
}

}  // namespace

NODE_API_MODULE(penstock, Init)
