#include "system/thread.h"

#include "os/windows/base/wide.h"
#include "os/windows/system/system_calls.h"

namespace penstock {

// Windows has no SIGPIPE. The name is for debuggers, since Windows 10.
void PrepareThread(const std::string& name) {
  static auto* const describe =
      SystemFunction<HRESULT WINAPI(HANDLE, PCWSTR)>(L"kernelbase.dll", "SetThreadDescription");
  if (describe != nullptr) describe(::GetCurrentThread(), ToWide(name).c_str());
}

}  // namespace penstock
