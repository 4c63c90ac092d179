// The class Manifest.
#pragma once

#include <napi.h>

#include <memory>

#include "files/manifest/manifest.h"

namespace penstock {

/** The manifest of a JavaScript Manifest. Throws TypeError if the value is none. */
std::shared_ptr<Manifest> ManifestFrom(const Napi::Value& value);

}  // namespace penstock
