// Errors of Windows as errno values, which are the only ones that the engine and the code table use.
#pragma once

#include "platform.h"

namespace penstock {

/** The errno value of an error of GetLastError or WSAGetLastError; EIO if the table has none. */
int ErrnoOf(DWORD error);
/** The errno value for an NTSTATUS. */
int ErrnoOfStatus(LONG status);
/** Sets errno from the calling thread's last error, and returns -1. */
int FailWithLastError();
int FailWithSocketError();

}  // namespace penstock
