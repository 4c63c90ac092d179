#include "system/wake.h"

#include <system_error>

namespace penstock {

// A manual-reset event stays set until the waiting thread clears it.
Wake::Wake() {
  const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (event == nullptr) {
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), "CreateEvent");
  }
  fd_.reset(DescriptorOf(event));
}

void Wake::Signal() { ::SetEvent(HandleOf(fd_.get())); }

void Wake::Clear() { ::ResetEvent(HandleOf(fd_.get())); }

}  // namespace penstock
