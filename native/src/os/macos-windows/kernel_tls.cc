// macOS and Windows have no kernel TLS.
#include <cerrno>

#include "connection/transport.h"

namespace penstock {

std::unique_ptr<Transport> MakeKernelTlsTransport(Calls& /*calls*/, Descriptor /*socket*/, const StreamKeys& /*keys*/) {
  errno = EOPNOTSUPP;
  return nullptr;
}

bool HasKernelTls() { return false; }

}  // namespace penstock
