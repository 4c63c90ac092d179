// The addon takes Node-API from whichever program has loaded it: node.exe, electron.exe, or one by another name.
#include <windows.h>
// After windows.h, whose types it uses.
#include <delayimp.h>
#include <string.h>

namespace {

FARPROC WINAPI HostProgram(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

}  // namespace

// Declared by delayimp.h with C linkage.
PfnDliHook __pfnDliNotifyHook2 = HostProgram;
