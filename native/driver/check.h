// How a case fails, its random seed, and its input. Portable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace driver {

[[noreturn]] void Fail(const std::string& what);
void Check(bool condition, const std::string& what);

/** The seed of a random case, printed: PENSTOCK_TEST_SEED, else a new one each time. */
unsigned Seed();

std::vector<uint8_t> FromHex(const std::string& hex);

/** A whole file as text; fails if it cannot be read. */
std::string ReadText(const char* path);

/**
 * The value of `"key": "value"` from `at` on; `at` moves behind it. Empty if there is none. Sufficient for golden.json,
 * whose keys are in order.
 */
std::string NextString(const std::string& text, const char* key, size_t* at);

}  // namespace driver
