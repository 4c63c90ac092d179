#include <poll.h>

#include <algorithm>

#include "connection/sockets.h"

namespace penstock {

bool WaitForPort(const Wake& wake, Descriptor listener, const std::vector<Descriptor>& pending,
                 std::chrono::milliseconds timeout) {
  // poll(2) ignores an entry with -1.
  std::vector<pollfd> fds = {{wake.fd(), POLLIN, 0}, {listener, POLLIN, 0}};
  for (const Descriptor socket : pending) fds.push_back({socket, POLLIN, 0});
  const auto limit = static_cast<int>(std::clamp<int64_t>(timeout.count(), 0, 60000));
  return ::poll(fds.data(), static_cast<nfds_t>(fds.size()), limit) > 0 && fds[1].revents != 0;
}

}  // namespace penstock
