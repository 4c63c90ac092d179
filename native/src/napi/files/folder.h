// The class Folder, and calls on one folder.
#pragma once

#include <napi.h>

#include <memory>

#include "files/target/file_ops.h"

namespace penstock {

/** A JavaScript Folder for an open one. */
Napi::Value WrapFolder(Napi::Env env, std::shared_ptr<Folder> folder);
/** The folder of a JavaScript Folder. Throws TypeError if the value is none, or closed. */
std::shared_ptr<Folder> FolderFrom(const Napi::Value& value);

}  // namespace penstock
