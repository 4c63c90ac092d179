// The manifest as it is sent: the lines of WIRE.md §1.
#pragma once

#include <cstdint>
#include <string>

#include "files/manifest/manifest.h"

namespace penstock {

/** One line for each entry from `from` up to `until`, as JSON.stringify writes it. */
std::string ManifestLines(const Manifest& manifest, uint32_t from, uint32_t until);

}  // namespace penstock
