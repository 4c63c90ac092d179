#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "connection/addresses.h"
#include "connection/pending_room.h"
#include "connection/socket.h"
#include "connection/sockets.h"
#include "system/thread.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kMagic[] = {'P', 'N', 'S', 'T', 'C', 'K', static_cast<char>(kWireVersion)};
constexpr int kBacklog = 64;
// How long accept rests when the process is out of descriptors.
constexpr std::chrono::milliseconds kRest{100};

struct Bound {
  UniqueSocket socket;
  uint16_t port = 0;
};

Bound Listen(const std::string& host, uint16_t port) {
  StartSockets();
  const AddressList list = Resolve(host, port, AI_PASSIVE);
  if (list == nullptr) throw SystemError(EADDRNOTAVAIL, "getaddrinfo");
  UniqueSocket socket = MakeListenerSocket(list->ai_family);
  if (!socket.valid()) throw SystemError(errno, "socket");
  if (list->ai_family == AF_INET6) {
    const int off = 0;
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&off), sizeof off);
  }
  const auto size = static_cast<socklen_t>(list->ai_addrlen);
  if (::bind(socket.get(), list->ai_addr, size) != 0) throw SystemError(SocketErrno(), "bind");
  if (::listen(socket.get(), kBacklog) != 0) throw SystemError(SocketErrno(), "listen");
  sockaddr_storage bound{};
  socklen_t boundSize = sizeof bound;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &boundSize) != 0) {
    throw SystemError(SocketErrno(), "getsockname");
  }
  const uint16_t networkPort = bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                                           : reinterpret_cast<sockaddr_in*>(&bound)->sin_port;
  return {std::move(socket), ntohs(networkPort)};
}

// "::" means every address: a machine without IPv6 listens on all addresses of IPv4.
Bound ListenOrFallBack(const std::string& host, uint16_t port) {
  try {
    return Listen(host, port);
  } catch (const SystemError& error) {
    if (host != "::" || (error.error() != EAFNOSUPPORT && error.error() != EADDRNOTAVAIL)) throw;
    return Listen("0.0.0.0", port);
  }
}

}  // namespace

struct DataPort::Pending {
  UniqueSocket socket;
  std::string network;
  Clock::time_point deadline;
  size_t got = 0;
  std::array<uint8_t, kPreambleBytes> preamble{};
};

DataPort::DataPort(DataPortOptions options, OnArrival onArrival)
    : options_(std::move(options)), onArrival_(std::move(onArrival)) {
  Bound bound = ListenOrFallBack(options_.host, options_.port);
  listener_ = std::move(bound.socket);
  port_ = bound.port;
  thread_ = std::thread([this] { Run(); });
}

DataPort::~DataPort() { Close(); }

void DataPort::Close() {
  closing_.store(true, std::memory_order_release);
  wake_.Signal();
  if (thread_.joinable()) thread_.join();
  listener_.reset();
}

void DataPort::Run() {
  PrepareThread("ps-port");
  std::vector<Pending> pending;
  Clock::time_point restUntil{};
  while (!closing_.load(std::memory_order_acquire)) {
    const auto now = Clock::now();
    const bool accepts = now >= restUntil;
    auto next = accepts ? now + std::chrono::seconds(60) : restUntil;
    std::vector<Descriptor> sockets;
    for (const Pending& one : pending) {
      sockets.push_back(one.socket.get());
      next = std::min(next, one.deadline);
    }
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(next - now) + std::chrono::milliseconds(1);
    const bool arrived = WaitForPort(wake_, accepts ? listener_.get() : kNoDescriptor, sockets, wait);
    AdvanceAll(pending);
    if (!arrived) continue;
    AcceptAll(pending);
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED && errno != ECONNRESET) {
      restUntil = Clock::now() + kRest;
    }
  }
}

void DataPort::AdvanceAll(std::vector<Pending>& pending) {
  const auto now = Clock::now();
  const auto over = [this, now](Pending& one) { return !Advance(one) || now >= one.deadline; };
  pending.erase(std::remove_if(pending.begin(), pending.end(), over), pending.end());
}

bool DataPort::MakeRoom(std::vector<Pending>& pending, const std::string& network) {
  const PendingLimits limits{options_.maxPending, options_.maxPendingPerNetwork};
  const auto decide = [&] {
    std::vector<std::string> networks;
    for (const Pending& one : pending) networks.push_back(one.network);
    return RoomFor(network, networks, awaiting_->load(), limits);
  };
  if (const Room room = decide(); room.take && !room.instead) return true;
  // A preamble may have arrived since the last check: such a connection is passed on, not closed.
  AdvanceAll(pending);
  const Room room = decide();
  if (room.instead) pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(*room.instead));
  return room.take;
}

void DataPort::AcceptAll(std::vector<Pending>& pending) {
  for (;;) {
    UniqueSocket socket = AcceptConnection(listener_.get());
    if (!socket.valid()) return;
    Pending one;
    one.network = RemoteNetwork(socket.get());
    if (!MakeRoom(pending, one.network)) continue;
    one.socket = std::move(socket);
    one.deadline = Clock::now() + std::chrono::milliseconds(options_.preambleTimeoutMs);
    pending.push_back(std::move(one));
  }
}

bool DataPort::Advance(Pending& one) {
  const ssize_t n = ReceiveBytes(one.socket.get(), one.preamble.data() + one.got, kPreambleBytes - one.got);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) return false;
  one.got += static_cast<size_t>(n);
  if (std::memcmp(one.preamble.data(), kMagic, std::min(one.got, sizeof kMagic)) != 0) return false;
  if (one.got < kPreambleBytes) return true;
  Arrived arrived;
  arrived.localAddress = LocalAddress(one.socket.get());
  arrived.remoteAddress = RemoteAddress(one.socket.get());
  arrived.socket = std::move(one.socket);
  arrived.preamble = one.preamble;
  awaiting_->fetch_add(1);
  arrived.slot = std::shared_ptr<void>(nullptr, [awaiting = awaiting_](void*) { awaiting->fetch_sub(1); });
  onArrival_(std::move(arrived));
  return false;
}

}  // namespace penstock
