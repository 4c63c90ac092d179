#include "base/utf8.h"

namespace penstock {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr char32_t kFirstOfTwoUnits = 0x10000;
constexpr char32_t kLast = 0x10ffff;

/** By the number of bytes: the lowest value that needs so many. */
constexpr char32_t kLowest[] = {0, 0, 0x80, 0x800, kFirstOfTwoUnits};

bool IsHigh(char16_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool IsLow(char16_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

/** Bytes of the code point that this byte begins; 0 where it begins none. */
size_t BytesFrom(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc0) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf8 ? 4 : 0;
}

/** The most bytes for one unit of UTF-16. */
constexpr size_t kBytesPerUnit = 3;

/** Writes a code point above U+007F and returns the place behind it. */
char* Put(char32_t value, char* to) {
  const auto put = [&](char32_t lead, int shift) {
    *to++ = static_cast<char>(lead | value >> shift);
    for (shift -= 6; shift >= 0; shift -= 6) *to++ = static_cast<char>(0x80 | (value >> shift & 0x3f));
  };
  if (value < 0x800) put(0xc0, 6);
  else if (value < kFirstOfTwoUnits) put(0xe0, 12);
  else put(0xf0, 18);
  return to;
}

}  // namespace

CodePoint FirstCodePoint(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t bytes = BytesFrom(lead);
  if (bytes == 0 || bytes > text.size()) return {};
  if (bytes == 1) return {lead, 1};
  char32_t value = lead & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if (!Continues(text[i])) return {};
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  if (value < kLowest[bytes] || value > kLast) return {};
  return {value, bytes};
}

std::string FromUtf16(std::u16string_view text) {
  std::string utf8(text.size() * kBytesPerUnit, '\0');
  char* to = utf8.data();
  for (size_t i = 0; i < text.size(); ++i) {
    char32_t value = text[i];
    if (value < 0x80) {
      *to++ = static_cast<char>(value);
      continue;
    }
    if (IsHigh(text[i]) && i + 1 < text.size() && IsLow(text[i + 1])) {
      value = kFirstOfTwoUnits + ((value - 0xd800) << 10) + (text[i + 1] - 0xdc00u);
      ++i;
    }
    to = Put(value, to);
  }
  utf8.resize(static_cast<size_t>(to - utf8.data()));
  return utf8;
}

std::u16string ToUtf16(std::string_view text) {
  std::u16string units(text.size(), u'\0');
  char16_t* to = units.data();
  for (size_t at = 0; at < text.size();) {
    const CodePoint next = FirstCodePoint(text.substr(at));
    at += next.bytes > 0 ? next.bytes : 1;
    const char32_t value = next.bytes > 0 ? next.value : kReplacement;
    if (value < kFirstOfTwoUnits) {
      *to++ = static_cast<char16_t>(value);
    } else {
      *to++ = static_cast<char16_t>(0xd800 + ((value - kFirstOfTwoUnits) >> 10));
      *to++ = static_cast<char16_t>(0xdc00 + ((value - kFirstOfTwoUnits) & 0x3ff));
    }
  }
  units.resize(static_cast<size_t>(to - units.data()));
  return units;
}

}  // namespace penstock
