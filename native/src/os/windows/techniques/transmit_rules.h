// What TransmitFile asks of a program, as pure functions.
#pragma once

#include <algorithm>
#include <cstdint>

namespace penstock {

/** A call sends fewer than 2^31 - 1 bytes. */
constexpr uint64_t kMaxTransmit = 2147483646;
/** Windows for workstations runs two calls at a time and lets all others wait: a stream of ours shall not wait. */
constexpr int kClientTransmits = 2;

constexpr uint64_t TransmitBytes(uint64_t left) { return std::min(left, kMaxTransmit); }

/** True where one more stream may use TransmitFile beside the `running` ones. */
constexpr bool MayTransmit(int running, bool server) { return server || running < kClientTransmits; }

}  // namespace penstock
