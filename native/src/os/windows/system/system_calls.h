// Functions that some supported versions of Windows lack: looked up at run time.
#pragma once

#include "platform.h"

namespace penstock {

/** The function of this name in a system library, or nullptr if it has none. */
template <typename Function>
Function* SystemFunction(const wchar_t* library, const char* name) {
  const HMODULE module = ::GetModuleHandleW(library);
  if (module == nullptr) return nullptr;
  return reinterpret_cast<Function*>(reinterpret_cast<void*>(::GetProcAddress(module, name)));
}

}  // namespace penstock
