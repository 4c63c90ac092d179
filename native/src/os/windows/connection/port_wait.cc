#include <algorithm>

#include "connection/sockets.h"

namespace penstock {
namespace {

// Without an event to wait for, the wake-up alone is waited for, no longer than this.
constexpr DWORD kRestMs = 100;

}  // namespace

// WSAEventSelect reports what is already true. The selection ends with the wait: a connection that is passed on has
// none.
bool WaitForPort(const Wake& wake, Descriptor listener, const std::vector<Descriptor>& pending,
                 std::chrono::milliseconds timeout) {
  const auto limit = static_cast<DWORD>(std::clamp<int64_t>(timeout.count(), 0, 60000));
  const UniqueFd event(DescriptorOf(::CreateEventW(nullptr, TRUE, FALSE, nullptr)));
  if (HandleOf(event.get()) == nullptr) {
    ::WaitForSingleObject(HandleOf(wake.fd()), std::min(limit, kRestMs));
    return true;
  }
  const auto select = [&](HANDLE chosen, long accept, long read) {
    if (listener != kNoDescriptor) ::WSAEventSelect(listener, chosen, accept);
    for (const Descriptor socket : pending) ::WSAEventSelect(socket, chosen, read);
  };
  select(HandleOf(event.get()), FD_ACCEPT, FD_READ | FD_CLOSE);
  const HANDLE handles[] = {HandleOf(wake.fd()), HandleOf(event.get())};
  ::WaitForMultipleObjects(2, handles, FALSE, limit);
  select(nullptr, 0, 0);
  return listener != kNoDescriptor;
}

}  // namespace penstock
