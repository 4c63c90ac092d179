// Makes received files durable and gives them their names.
#pragma once

#include <napi.h>

namespace penstock {

/** Adds commit, syncTree, syncFolder, renameNoReplace, createFile and removeFile to the exports. */
void RegisterCommit(Napi::Env env, Napi::Object exports);

}  // namespace penstock
