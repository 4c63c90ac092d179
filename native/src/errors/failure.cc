#include "errors/failure.h"

#include <cstring>
#include <utility>

namespace penstock {
std::string Describe(const Failure& failure) {
  const std::string call =
      std::string(ErrnoText(failure.error)) + ": " + std::strerror(failure.error) + ", " + failure.syscall;
  return failure.path.empty() ? call : call + " '" + failure.path + "'";
}

SystemError::SystemError(int error, const char* syscall, std::string path)
    : std::runtime_error(Describe({Code::kNone, error, syscall, 0, path})),
      failure_{Code::kNone, error, syscall, 0, std::move(path)} {}

}  // namespace penstock
