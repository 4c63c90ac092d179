// Code points of UTF-8, and UTF-16 as JavaScript has it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock {

/** A code point and the bytes that it takes; 0 bytes where none begins. */
struct CodePoint {
  char32_t value = 0;
  size_t bytes = 0;
};

/**
 * The code point at the start of `text`. A surrogate is accepted in the 3 bytes that UTF-8 would give it, so that text of
 * JavaScript passes unchanged; overlong forms and values above U+10FFFF are not.
 */
CodePoint FirstCodePoint(std::string_view text);

inline bool IsSurrogate(char32_t value) { return value >= 0xd800 && value <= 0xdfff; }
/** Whether this byte continues a code point. */
inline bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/** UTF-8, where a surrogate that has no partner takes 3 bytes. */
std::string FromUtf16(std::u16string_view text);
/** The opposite of FromUtf16. A byte that begins no code point becomes U+FFFD. */
std::u16string ToUtf16(std::string_view text);

}  // namespace penstock
