#pragma once

#include <napi.h>

#include <memory>

#include "files/file_ops.h"

namespace penstock {

/// Adds openFolder, makeFolder, commit, syncTree, syncFolder, renameNoReplace, fileSystem and what staging
/// folders need to the addon's exports.
void RegisterFileOps(Napi::Env env, Napi::Object exports);

/// The folder behind a JavaScript Folder. Throws Napi::TypeError where it is none, or closed.
std::shared_ptr<Folder> FolderFrom(const Napi::Value& value);

}  // namespace penstock
