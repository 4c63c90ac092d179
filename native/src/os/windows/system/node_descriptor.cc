#include "system/node_descriptor.h"

#include <cerrno>
#include <cstring>

#include "files/target/file_ops.h"

namespace penstock {

// Descriptors of a C library are valid only within that copy of the library, and Node has its own. Node and Electron
// export this function of libuv for addons.
int NodeDescriptor(UniqueFd file) {
  static constexpr char kName[] = "uv_open_osfhandle";
  using Open = int (*)(HANDLE);
  const FARPROC found = ::GetProcAddress(::GetModuleHandleW(nullptr), kName);
  if (found == nullptr) throw SystemError(ENOSYS, kName, "");
  Open open = nullptr;
  std::memcpy(&open, &found, sizeof open);
  const int number = open(HandleOf(file.get()));
  if (number < 0) throw SystemError(EMFILE, kName, "");
  file.release();
  return number;
}

}  // namespace penstock
