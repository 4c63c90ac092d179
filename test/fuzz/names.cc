// Invariant: of any bytes, a name or path that is accepted is UTF-8 and stays below its folder by the rules of either
// system; what is made of an accepted name is accepted too; a link that is accepted leads nowhere above its top entry; and
// nothing behind the bytes given is read. The input is a choice of rules and two texts.
#include "files/names/names.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "files/names/other_names.h"

namespace {

using namespace penstock;

void Expect(bool holds) {
  if (!holds) std::abort();
}

/** A copy that ends where it has to, so that the sanitizer sees a byte read behind it. */
class Exactly {
 public:
  Exactly(const uint8_t* data, size_t size) : size_(size), bytes_(new char[size]) {
    if (size > 0) std::memcpy(bytes_.get(), data, size);
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<char[]> bytes_;
};

std::vector<std::string_view> ComponentsOf(std::string_view path) {
  std::vector<std::string_view> components;
  while (true) {
    const size_t slash = path.find('/');
    components.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return components;
    path.remove_prefix(slash + 1);
  }
}

/** Every fault has a problem, and no fault has none. */
void CheckProblem(NameFault fault) {
  const NameProblem problem = ProblemOf(fault);
  Expect((problem.code != nullptr) == (fault != NameFault::kNone));
  Expect((problem.why != nullptr) == (fault != NameFault::kNone));
}

bool IsLength(NameFault fault) {
  return fault == NameFault::kLongComponent || fault == NameFault::kLongPath || fault == NameFault::kDeep;
}

void CheckAccepted(std::string_view path, NameRules rules) {
  const auto components = ComponentsOf(path);
  Expect(components.size() <= kMaxDepth);
  for (const std::string_view name : components) {
    Expect(!name.empty() && name != "." && name != "..");
    Expect(ComponentFault(name, rules) == NameFault::kNone);
    const std::u16string units = ToUtf16(name);
    Expect(FromUtf16(units) == name);
    Expect(units.size() <= kMaxComponent);
    if (rules == NameRules::kWindows) Expect(name.find_first_of("\\:") == std::string_view::npos);
  }
  // The rules of Windows are the stricter ones, except for lengths.
  const NameFault other = PathFault(path, NameRules::kPosix);
  Expect(other == NameFault::kNone || IsLength(other));
}

void CheckNear(std::string_view path) {
  const bool accepted = PathFault(path, NameRules::kPosix) == NameFault::kNone;
  const auto near = NearPath(path);
  if (!near) return Expect(OwnPrefixBytes(path) == 0);
  Expect(*near != path && OwnPrefixBytes(*near) == 0);
  Expect(ComponentsOf(*near)[0].size() <= kMaxComponent);
  const NameFault fault = PathFault(*near, NameRules::kPosix);
  if (accepted) Expect(fault == NameFault::kNone || fault == NameFault::kLongPath);
}

void CheckNumbered(std::string_view name, uint32_t count) {
  for (const bool isFile : {true, false}) {
    const std::string numbered = Numbered(name, count, isFile);
    Expect(numbered.size() <= kMaxComponent);
    if (ComponentFault(name, NameRules::kPosix) == NameFault::kNone)
      Expect(ComponentFault(numbered, NameRules::kPosix) == NameFault::kNone);
  }
}

/** Follows an accepted link by its text alone: it never reaches the folder that holds the top entry. */
void CheckLink(std::string_view link, std::string_view target) {
  if (!LinkStaysInside(link, target)) return;
  size_t depth = ComponentsOf(link).size() - 1;
  for (const std::string_view step : ComponentsOf(target)) {
    if (step.empty() || step == ".") continue;
    if (step != "..") ++depth;
    else Expect(depth-- > 1);
  }
  Expect(depth >= 1 && target[0] != '/' && target[0] != '\\');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const size_t first = data[1] % (size - 1);
  const Exactly one(data + 2, first);
  const Exactly other(data + 2 + first, size - 2 - first);
  const NameRules rules = (data[0] & 1) != 0 ? NameRules::kWindows : NameRules::kPosix;
  const NameFault fault = PathFault(one.text(), rules);
  CheckProblem(fault);
  CheckProblem(ComponentFault(one.text(), rules));
  if (fault == NameFault::kNone) CheckAccepted(one.text(), rules);
  CheckNear(one.text());
  CheckNumbered(one.text(), data[0]);
  CheckLink(one.text(), other.text());
  return 0;
}
