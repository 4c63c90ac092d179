// TLS records that the kernel makes and opens (Documentation/networking/tls.rst).
#include <linux/tls.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>

#include "base/failure.h"
#include "connection/transport.h"

// Of headers older than the kernel that may run.
#ifndef TCP_ULP
#define TCP_ULP 31
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif

namespace penstock {
namespace {

class KernelTlsTransport final : public Transport {
 public:
  using Transport::Transport;

  TransportKind kind() const override { return TransportKind::kKernelTls; }

  ssize_t Send(const void* data, size_t size, bool more) override {
    return Counted(calls_.Send(socket(), data, size, more));
  }
  ssize_t SendVector(iovec* parts, size_t count) override { return Counted(calls_.SendVector(socket(), parts, count)); }
  ssize_t Receive(void* data, size_t size) override { return calls_.Receive(socket(), data, size); }

  uint64_t sentRecords() const override { return records_; }
  // A call ends its last record, so that it may be shorter than a whole one.
  void CountFileBytes(uint64_t size) override { records_ += size / kRecordContentBytes + 2; }

 private:
  ssize_t Counted(ssize_t sent) {
    if (sent > 0) CountFileBytes(static_cast<uint64_t>(sent));
    return sent;
  }

  uint64_t records_ = 0;
};

int HandOver(Calls& calls, int socket, int direction, const RecordKeys& keys) {
  tls12_crypto_info_aes_gcm_128 info{};
  info.info.version = TLS_1_3_VERSION;
  info.info.cipher_type = TLS_CIPHER_AES_GCM_128;
  std::copy(keys.key.begin(), keys.key.end(), info.key);
  std::copy(keys.iv.begin(), keys.iv.begin() + sizeof info.salt, info.salt);
  std::copy(keys.iv.begin() + sizeof info.salt, keys.iv.end(), info.iv);
  return calls.SetOption(socket, SOL_TLS, direction, &info, sizeof info);
}

}  // namespace

std::unique_ptr<Transport> MakeKernelTlsTransport(Calls& calls, Descriptor socket, const StreamKeys& keys) {
  if (calls.SetOption(socket, SOL_TCP, TCP_ULP, "tls", sizeof "tls") != 0) return nullptr;
  // From here on nothing but kernel TLS runs on the socket.
  if (HandOver(calls, socket, TLS_TX, keys.send) != 0 || HandOver(calls, socket, TLS_RX, keys.receive) != 0) {
    FailStream(Code::kIo, "setsockopt");
  }
  return std::make_unique<KernelTlsTransport>(calls, socket);
}

bool HasKernelTls() {
  std::ifstream available("/proc/sys/net/ipv4/tcp_available_ulp");
  for (std::string name; available >> name;) {
    if (name == "tls") return true;
  }
  return false;
}

}  // namespace penstock
