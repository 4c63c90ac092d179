#include "connection/transport.h"

#include <cerrno>

namespace penstock {
namespace {

constexpr const char* kNames[] = {"plain", "sealed", "kernel-tls"};

class PlainTransport final : public Transport {
 public:
  using Transport::Transport;

  TransportKind kind() const override { return TransportKind::kPlain; }
  ssize_t Send(const void* data, size_t size, bool more) override { return calls_.Send(socket(), data, size, more); }
  ssize_t SendVector(iovec* parts, size_t count) override { return calls_.SendVector(socket(), parts, count); }
  ssize_t Receive(void* data, size_t size) override { return calls_.Receive(socket(), data, size); }
};

}  // namespace

const char* TransportName(TransportKind kind) { return kNames[static_cast<int>(kind)]; }

std::optional<TransportKind> TransportFromName(std::string_view name) {
  for (const auto kind : {TransportKind::kPlain, TransportKind::kSealed, TransportKind::kKernelTls}) {
    if (name == TransportName(kind)) return kind;
  }
  return std::nullopt;
}

bool Carries(TransportKind kind, Technique technique) {
  switch (technique) {
    case Technique::kSeal:
    case Technique::kUnseal:
      return kind == TransportKind::kSealed;
    case Technique::kKtls:
      return kind == TransportKind::kKernelTls;
    case Technique::kReadWrite:
      return kind != TransportKind::kSealed;
    default:
      return kind == TransportKind::kPlain;
  }
}

ssize_t Transport::ReceiveInPlace(const uint8_t** /*data*/, size_t /*size*/) {
  errno = EOPNOTSUPP;
  return -1;
}

std::unique_ptr<Transport> MakePlainTransport(Calls& calls, Descriptor socket) {
  return std::make_unique<PlainTransport>(calls, socket);
}

}  // namespace penstock
