// Windows' errors as errno values: the engine and the code table know only these.
#pragma once

#include "platform.h"

namespace penstock {

/** The errno value for an answer of GetLastError or WSAGetLastError; EIO where the table has none. */
int ErrnoOf(DWORD error);
/** The errno value for an NTSTATUS. */
int ErrnoOfStatus(LONG status);
/** Sets errno from the calling thread's last error, and returns -1. */
int FailWithLastError();
int FailWithSocketError();

}  // namespace penstock
