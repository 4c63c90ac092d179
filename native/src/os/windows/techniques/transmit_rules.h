// Rules of TransmitFile, as pure functions.
#pragma once

#include <algorithm>
#include <cstdint>

namespace penstock {

/** A call sends fewer than 2^31 - 1 bytes. */
constexpr uint64_t kMaxTransmit = 2147483646;
/** Windows for workstations runs two calls at a time and queues all others: a stream must not wait in that queue. */
constexpr int kClientTransmits = 2;

constexpr uint64_t TransmitBytes(uint64_t left) { return std::min(left, kMaxTransmit); }

/** True if one more stream may use TransmitFile in addition to the `running` ones. */
constexpr bool MayTransmit(int running, bool server) { return server || running < kClientTransmits; }

}  // namespace penstock
