#pragma once

#include <napi.h>

#include <functional>
#include <memory>

#include "files/file_ops.h"
#include "napi/jobs.h"

namespace penstock {

/// Makes a JavaScript Folder of an open one.
using WrapFolder = std::function<Napi::Value(Napi::Env, std::shared_ptr<Folder>)>;

/// Adds openFolderIn, identityOf, writeMarker, readMarker, removeStaging and foldsNames to the addon's exports.
void RegisterStagingOps(Napi::Env env, Napi::Object exports, const std::shared_ptr<Jobs>& jobs, const WrapFolder& wrap);

}  // namespace penstock
