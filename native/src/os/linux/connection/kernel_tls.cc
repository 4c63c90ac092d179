// TLS records that the kernel makes and opens (Documentation/networking/tls.rst).
#include <linux/tls.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>

#include "connection/transport.h"
#include "errors/failure.h"
#include "os/linux/system/linux_calls.h"

// Of headers older than the kernel that may run.
#ifndef TCP_ULP
#define TCP_ULP 31
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef TLS_RX_EXPECT_NO_PAD
#define TLS_RX_EXPECT_NO_PAD 4
#endif

namespace penstock {
namespace {

/** What the kernel calls a record that is not application data, and a header that no record has. */
int RecordErrno(int error) {
  if (error == EIO) return EBADMSG;
  return error == EINVAL ? EPROTO : error;
}

class KernelTlsTransport final : public Transport {
 public:
  KernelTlsTransport(Calls& calls, Descriptor socket, bool opensInPlace)
      : Transport(calls, socket), opensInPlace_(opensInPlace) {}

  TransportKind kind() const override { return TransportKind::kKernelTls; }
  bool OpensInPlace() const override { return opensInPlace_; }

  // Not MSG_MORE: it leaves a record open for as long as nothing else is sent, which no timer and no TCP_NODELAY ends.
  ssize_t Send(const void* data, size_t size, bool /*more*/) override {
    return Counted(calls_.Send(socket(), data, size));
  }
  ssize_t SendVector(iovec* parts, size_t count) override { return Counted(calls_.SendVector(socket(), parts, count)); }
  ssize_t Receive(void* data, size_t size) override {
    const ssize_t got = calls_.Receive(socket(), data, size);
    if (got >= 0 || errno == EAGAIN || errno == EINTR) return got;
    const int error = RecordErrno(errno);
    // The kernel leaves it at the socket, where it would fail the frame that gives the peer the reason.
    LinuxCalls(calls_).TakeError(socket());
    errno = error;
    return -1;
  }
  ssize_t Drop(void* data, size_t size) override { return Receive(data, size); }
  // The kernel may hold records that TCP had no room for, and FIN would overtake them: they go before the socket closes.
  void EndSending() override {}

  uint64_t sentRecords() const override { return records_; }
  // A call ends its last record, so that it may be shorter than a whole one.
  void CountFileBytes(uint64_t size) override { records_ += size / kRecordContentBytes + 2; }

 private:
  ssize_t Counted(ssize_t sent) {
    if (sent > 0) CountFileBytes(static_cast<uint64_t>(sent));
    return sent;
  }

  const bool opensInPlace_;
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
  // Without keys the socket works as before.
  if (HandOver(calls, socket, TLS_TX, keys.send) != 0) return nullptr;
  // From here on nothing but kernel TLS runs on the socket.
  if (HandOver(calls, socket, TLS_RX, keys.receive) != 0) FailStream(Code::kIo, "setsockopt");
  // Records have no padding, so that they are opened into the buffer of the caller. Kernels before 6.0 cannot.
  const bool opensInPlace = calls.SetOption(socket, SOL_TLS, TLS_RX_EXPECT_NO_PAD, 1) == 0;
  return std::make_unique<KernelTlsTransport>(calls, socket, opensInPlace);
}

bool HasKernelTls() {
  std::ifstream available("/proc/sys/net/ipv4/tcp_available_ulp");
  for (std::string name; available >> name;) {
    if (name == "tls") return true;
  }
  return false;
}

}  // namespace penstock
