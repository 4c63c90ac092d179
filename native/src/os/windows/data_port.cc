#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "connection/socket.h"
#include "connection/stream_thread.h"
#include "os/windows/system_errors.h"
#include "os/windows/wide.h"
#include "os/windows/winsock.h"
#include "receive/pending_room.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kMagic[] = {'P', 'N', 'S', 'T', 'C', 'K', static_cast<char>(kWireVersion)};
constexpr int kBacklog = 64;
// How long accept rests when the system has no sockets to give.
constexpr int kRestMs = 100;

struct Bound {
  UniqueSocket socket;
  uint16_t port = 0;
};

[[noreturn]] void Fail(const char* syscall) {
  FailWithSocketError();
  throw SocketError(errno, syscall);
}

Bound Listen(const std::string& host, uint16_t port) {
  StartWinsock();
  ADDRINFOW hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  ADDRINFOW* found = nullptr;
  if (::GetAddrInfoW(ToWide(host).c_str(), std::to_wstring(port).c_str(), &hints, &found) != 0) {
    throw SocketError(EADDRNOTAVAIL, "getaddrinfo");
  }
  const std::unique_ptr<ADDRINFOW, void (*)(ADDRINFOW*)> list(found, [](ADDRINFOW* all) { ::FreeAddrInfoW(all); });
  UniqueSocket socket = MakeSocket(list->ai_family);
  if (!socket.valid()) throw SocketError(errno, "socket");
  const DWORD on = 1;
  const DWORD off = 0;
  // SO_REUSEADDR would let another program listen on the same port: here it takes the opposite to keep it.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&on), sizeof on);
  if (list->ai_family == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&off), sizeof off);
  }
  if (::bind(socket.get(), list->ai_addr, static_cast<int>(list->ai_addrlen)) != 0) Fail("bind");
  if (::listen(socket.get(), kBacklog) != 0) Fail("listen");
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) Fail("getsockname");
  const uint16_t networkPort = bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                                           : reinterpret_cast<sockaddr_in*>(&bound)->sin_port;
  return {std::move(socket), ntohs(networkPort)};
}

// "::" means every address: a machine without IPv6 listens on all of IPv4.
Bound ListenOrFallBack(const std::string& host, uint16_t port) {
  try {
    return Listen(host, port);
  } catch (const SocketError& error) {
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

// One event for the listener and all that wait: whichever it was, each is looked at without blocking.
void DataPort::Run() {
  PrepareStreamThread("ps-port");
  const UniqueFd event = MakeEvent();
  const HANDLE handles[] = {HandleOf(wake_.fd()), HandleOf(event.get())};
  std::vector<Pending> pending;
  while (!closing_.load(std::memory_order_acquire)) {
    auto next = Clock::now() + std::chrono::seconds(60);
    for (const Pending& one : pending) next = std::min(next, one.deadline);
    // Asking anew tells what is true already.
    ::WSAEventSelect(listener_.get(), handles[1], FD_ACCEPT);
    for (const Pending& one : pending) ::WSAEventSelect(one.socket.get(), handles[1], FD_READ | FD_CLOSE);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now()).count() + 1;
    ::WaitForMultipleObjects(2, handles, FALSE, static_cast<DWORD>(std::max<int64_t>(wait, 0)));
    ::ResetEvent(handles[1]);
    AdvanceAll(pending);
    AcceptAll(pending);
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED && errno != ECONNRESET) {
      ::WaitForSingleObject(handles[0], kRestMs);
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
  // A preamble may have come since the last look: such a connection is handed on instead of closed.
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
  auto* const to = reinterpret_cast<char*>(one.preamble.data()) + one.got;
  const int n = ::recv(one.socket.get(), to, static_cast<int>(kPreambleBytes - one.got), 0);
  if (n < 0) return ::WSAGetLastError() == WSAEWOULDBLOCK;
  if (n == 0) return false;
  one.got += static_cast<size_t>(n);
  if (std::memcmp(one.preamble.data(), kMagic, std::min(one.got, sizeof kMagic)) != 0) return false;
  if (one.got < kPreambleBytes) return true;
  ::WSAEventSelect(one.socket.get(), nullptr, 0);
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
