#include "check.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

namespace driver {

void Fail(const std::string& what) {
  std::fprintf(stderr, "FAILED: %s\n", what.c_str());
  std::_Exit(1);
}

void Check(bool condition, const std::string& what) {
  if (!condition) Fail(what);
}

unsigned Seed() {
  const char* given = std::getenv("PENSTOCK_TEST_SEED");
  const unsigned seed =
      given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  std::printf("  PENSTOCK_TEST_SEED=%u\n", seed);
  std::fflush(stdout);
  return seed;
}

std::vector<uint8_t> FromHex(const std::string& hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::string ReadText(const char* path) {
  std::ifstream in(path);
  Check(static_cast<bool>(in), std::string(path) + " opens");
  std::stringstream whole;
  whole << in.rdbuf();
  return whole.str();
}

std::string NextString(const std::string& text, const char* key, size_t* at) {
  const std::string mark = std::string("\"") + key + "\": \"";
  const size_t found = text.find(mark, *at);
  if (found == std::string::npos) return "";
  const size_t start = found + mark.size();
  *at = text.find('"', start);
  return text.substr(start, *at - start);
}

}  // namespace driver
