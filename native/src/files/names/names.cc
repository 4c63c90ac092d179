#include "files/names/names.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace penstock {
namespace {

constexpr std::string_view kWindowsForbidden = "<>:\"|?*\\";
constexpr std::array<std::string_view, 6> kDevices = {"con", "prn", "aux", "nul", "conin$", "conout$"};
/** Devices that end with a digit; ¹, ² and ³ count as digits. */
constexpr std::array<std::string_view, 2> kNumberedDevices = {"com", "lpt"};
constexpr std::array<std::string_view, 3> kSuperscripts = {"\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};

bool IsControl(char32_t value) { return value < 0x20 || (value >= 0x7f && value <= 0x9f); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsLetter(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }

bool BeginsWithDrive(std::string_view path) { return path.size() >= 2 && IsLetter(path[0]) && path[1] == ':'; }

/** Calls `step` with each part between slashes until it returns false. Returns whether it never did. */
template <typename Step>
bool EachStep(std::string_view path, Step step) {
  while (true) {
    const size_t slash = path.find('/');
    if (!step(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

/** Text that is not UTF-8 comes before control characters, wherever they are. */
NameFault TextFault(std::string_view text) {
  NameFault fault = NameFault::kNone;
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if (IsControl(byte)) fault = NameFault::kControl;
      ++at;
      continue;
    }
    const CodePoint next = FirstCodePoint(text.substr(at));
    if (next.bytes == 0) return NameFault::kNotUtf8;
    if (IsSurrogate(next.value)) return NameFault::kSurrogate;
    if (IsControl(next.value)) fault = NameFault::kControl;
    at += next.bytes;
  }
  return fault;
}

bool EqualsFolded(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char one, char other) { return Lower(one) == other; });
}

bool IsNumberedDevice(std::string_view stem) {
  const auto is = [&](std::string_view device) {
    if (!EqualsFolded(stem.substr(0, device.size()), device)) return false;
    const std::string_view number = stem.substr(device.size());
    if (number.size() == 1) return number[0] >= '0' && number[0] <= '9';
    return std::find(kSuperscripts.begin(), kSuperscripts.end(), number) != kSuperscripts.end();
  };
  return std::any_of(kNumberedDevices.begin(), kNumberedDevices.end(), is);
}

/** Windows opens the device for "NUL.txt" and "con .log" as well. */
bool IsDevice(std::string_view name) {
  std::string_view stem = name.substr(0, name.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.remove_suffix(1);
  const auto is = [&](std::string_view device) { return EqualsFolded(stem, device); };
  return std::any_of(kDevices.begin(), kDevices.end(), is) || IsNumberedDevice(stem);
}

NameFault WindowsFault(std::string_view name) {
  if (name.find_first_of(kWindowsForbidden) != std::string_view::npos) return NameFault::kCharacter;
  if (name.back() == '.' || name.back() == ' ') return NameFault::kTrailing;
  return IsDevice(name) ? NameFault::kReserved : NameFault::kNone;
}

/** Units of UTF-16 of valid UTF-8: one a code point, and a second for those of four bytes. */
size_t Utf16Units(std::string_view text) {
  const auto continues = std::count_if(text.begin(), text.end(), Continues);
  const auto twice =
      std::count_if(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) >= 0xf0; });
  return text.size() - static_cast<size_t>(continues) + static_cast<size_t>(twice);
}

bool IsLongComponent(std::string_view name) { return name.size() > kMaxComponent && Utf16Units(name) > kMaxComponent; }

bool IsLongPath(std::string_view path, NameRules rules) {
  if (path.size() <= kMaxPath) return false;
  return rules == NameRules::kPosix || Utf16Units(path) > kMaxPath;
}

/** The letter that file systems which fold case take this one for. */
char32_t Folded(char32_t value) {
  constexpr char32_t kKelvin = 0x212a;
  constexpr char32_t kLongS = 0x17f;
  if (value == kKelvin) return 'k';
  if (value == kLongS) return 's';
  return value < 0x80 ? static_cast<char32_t>(Lower(static_cast<char>(value))) : value;
}

/** Where backslashes separate folders, they could hide a way out: one in front, or beside `..`. */
bool HidesWayOut(std::string_view target) {
  if (!target.empty() && target[0] == '\\') return true;
  for (size_t from = 0; from <= target.size();) {
    const size_t end = std::min(target.find_first_of("/\\", from), target.size());
    if (target.substr(from, end - from) == "..") {
      if (from > 0 && target[from - 1] == '\\') return true;
      if (end < target.size() && target[end] == '\\') return true;
    }
    from = end + 1;
  }
  return false;
}

}  // namespace

NameProblem ProblemOf(NameFault fault) {
  constexpr const char* kUnsafe = "unsafe-name";
  constexpr const char* kTooLong = "name-too-long";
  switch (fault) {
    case NameFault::kNone:
      break;
    case NameFault::kEmpty:
      return {kUnsafe, "empty"};
    case NameFault::kAbsolute:
      return {kUnsafe, "absolute"};
    case NameFault::kDrive:
      return {kUnsafe, "drive"};
    case NameFault::kDots:
      return {kUnsafe, "dots"};
    case NameFault::kNotUtf8:
      return {kUnsafe, "not-utf8"};
    case NameFault::kSurrogate:
      return {kUnsafe, "surrogate"};
    case NameFault::kControl:
      return {kUnsafe, "control"};
    case NameFault::kCharacter:
      return {kUnsafe, "character"};
    case NameFault::kTrailing:
      return {kUnsafe, "trailing"};
    case NameFault::kReserved:
      return {kUnsafe, "reserved"};
    case NameFault::kOwn:
      return {kUnsafe, "own"};
    case NameFault::kLongComponent:
      return {kTooLong, "component"};
    case NameFault::kLongPath:
      return {kTooLong, "path"};
    case NameFault::kDeep:
      return {kTooLong, "depth"};
  }
  return {nullptr, nullptr};
}

NameFault ComponentFault(std::string_view name, NameRules rules) {
  if (name.empty()) return NameFault::kEmpty;
  if (name == "." || name == "..") return NameFault::kDots;
  const NameFault text = TextFault(name);
  if (text != NameFault::kNone) return text;
  if (name.find('/') != std::string_view::npos) return NameFault::kCharacter;
  if (rules == NameRules::kWindows) {
    const NameFault fault = WindowsFault(name);
    if (fault != NameFault::kNone) return fault;
  }
  return IsLongComponent(name) ? NameFault::kLongComponent : NameFault::kNone;
}

NameFault PathFault(std::string_view path, NameRules rules) {
  if (path.empty()) return NameFault::kEmpty;
  if (path[0] == '/') return NameFault::kAbsolute;
  if (rules == NameRules::kWindows && BeginsWithDrive(path)) return NameFault::kDrive;
  if (std::count(path.begin(), path.end(), '/') >= static_cast<std::ptrdiff_t>(kMaxDepth)) return NameFault::kDeep;
  NameFault fault = NameFault::kNone;
  EachStep(path, [&](std::string_view name) {
    fault = ComponentFault(name, rules);
    return fault == NameFault::kNone;
  });
  if (fault != NameFault::kNone) return fault;
  if (IsLongPath(path, rules)) return NameFault::kLongPath;
  return OwnPrefixBytes(path) > 0 ? NameFault::kOwn : NameFault::kNone;
}

size_t OwnPrefixBytes(std::string_view text) {
  size_t at = 0;
  for (const char wanted : kOwnPrefix) {
    const CodePoint next = FirstCodePoint(text.substr(at));
    if (next.bytes == 0 || Folded(next.value) != static_cast<char32_t>(wanted)) return 0;
    at += next.bytes;
  }
  return at;
}

bool LinkStaysInside(std::string_view link, std::string_view target) {
  if (target.empty() || TextFault(target) != NameFault::kNone) return false;
  if (target[0] == '/' || BeginsWithDrive(target) || HidesWayOut(target)) return false;
  auto depth = std::count(link.begin(), link.end(), '/');
  bool named = false;
  const auto stays = [&](std::string_view step) {
    if (step.empty() || step == ".") return true;
    if (step != "..") {
      named = true;
      return true;
    }
    --depth;
    return !named && depth >= 1;
  };
  // A link that is itself the top entry can only point outside.
  return EachStep(target, stays) && depth >= 1;
}

}  // namespace penstock
