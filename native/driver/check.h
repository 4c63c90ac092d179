// What a case fails with, and where its chance comes from. Portable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace driver {

[[noreturn]] void Fail(const std::string& what);
void Check(bool condition, const std::string& what);

/** The seed of a case with chance in it, printed: PENSTOCK_TEST_SEED, else another one each time. */
unsigned Seed();

std::vector<uint8_t> FromHex(const std::string& hex);

/** A whole file as text; fails where it cannot be read. */
std::string ReadText(const char* path);

/**
 * The value of `"key": "value"` from `at` on; `at` moves behind it. Empty where there is none. Enough for golden.json,
 * whose keys come in order.
 */
std::string NextString(const std::string& text, const char* key, size_t* at);

}  // namespace driver
