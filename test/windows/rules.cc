// Checks the pure rules of native/src/os/windows on any system that compiles it; prints what fails.
#include <cstdint>
#include <cstdio>

#include "os/windows/base/time_rules.h"
#include "os/windows/files/names/name_rules.h"
#include "os/windows/techniques/transmit_rules.h"

namespace {

int failures = 0;

void Expect(bool holds, const char* what) {
  if (holds) return;
  failures += 1;
  std::printf("does not hold: %s\n", what);
}

void Names() {
  using penstock::IsPlainName;
  for (const char* name : {"a", "a.txt", "照片", ".hidden", "con1", "COM10", "CONSOLE", "nul-", "a b", "LPT"}) {
    Expect(IsPlainName(name), name);
  }
  for (const char* name :
       {"",         ".",           "..",      "a.",       "a ",   "a/b",    "a\\b", "C:",  "a:stream",
        "a::$DATA", "NUL",         "nul.txt", "Con .log", "COM1", "lpt9.x", "aux",  "prn", "CONIN$",
        "conout$",  "COM\xC2\xB9", "a*",      "a?",       "a\"",  "a<",     "a>",   "a|",  "a\x01"}) {
    Expect(!IsPlainName(name), name);
  }
  Expect(!IsPlainName(std::string_view("a\0b", 3)), "a name with NUL in it");
}

void Chunks() {
  using penstock::TransmitBytes;
  Expect(TransmitBytes(1) == 1, "1 byte is one call of 1");
  Expect(TransmitBytes(2147483646) == 2147483646, "the most that one call takes");
  Expect(TransmitBytes(2147483647) == 2147483646, "one more is for the next call");
  Expect(TransmitBytes(uint64_t{5} << 40) == 2147483646, "terabytes");
  Expect(penstock::MayTransmit(0, false) && penstock::MayTransmit(1, false), "two streams on a workstation");
  Expect(!penstock::MayTransmit(2, false), "not a third");
  Expect(penstock::MayTransmit(2, true) && penstock::MayTransmit(100, true), "any number on a server");
}

void Times() {
  using penstock::FileTimeUnits;
  using penstock::NanosecondsOfUnits;
  Expect(FileTimeUnits(0, 0) == 116444736000000000, "1970");
  Expect(FileTimeUnits(-11644473600, 0) == 0, "1601");
  Expect(FileTimeUnits(1, 199) == 116444736010000001, "what is finer than 100 ns is rounded down");
  Expect(FileTimeUnits(-1, 999999999) == 116444735999999999, "before 1970");
  Expect(NanosecondsOfUnits(FileTimeUnits(1700000000, 123456700)) == 1700000000123456700, "there and back");
}

}  // namespace

int main() {
  Names();
  Chunks();
  Times();
  return failures == 0 ? 0 : 1;
}
