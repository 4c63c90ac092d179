// Some entries of a manifest, from which the whole is estimated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "files/manifest/manifest.h"

namespace penstock {

/** Indexes of entries to show before the rest is known: top entries first, at most 1 000 with 1 MiB of paths and targets. */
std::vector<uint32_t> PreviewOf(const Manifest& manifest);

/** Indexes of files, about `limit`: the largest first, because it may hold most of the bytes, then others spread evenly. */
std::vector<uint32_t> SampleOf(const Manifest& manifest, size_t limit);

}  // namespace penstock
