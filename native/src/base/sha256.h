// SHA-256 (FIPS 180-4) of short texts, where no cipher library may be there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock {

constexpr size_t kSha256Bytes = 32;

std::array<uint8_t, kSha256Bytes> Sha256(std::string_view text);

}  // namespace penstock
