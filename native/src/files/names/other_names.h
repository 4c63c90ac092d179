// Names under which entries are created where their own cannot be used. UTF-8, the same on every system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

/**
 * The path under which an entry is created whose top name is reserved for staging: an underscore is put in front, to differ
 * from Penstock's own folders. Different paths stay different. Nothing where the path itself is used. Both ends compute it.
 */
std::optional<std::string> NearPath(std::string_view path);

/** `photo.jpg` → `photo (2).jpg`; folders and dot files are not split at a dot. Shortened to fit kMaxComponent bytes. */
std::string Numbered(std::string_view name, uint32_t count, bool isFile);

}  // namespace penstock
