// Making connections: a listening data port, an outgoing connection, a local pair.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "errors/failure.h"
#include "system/unique_fd.h"
#include "system/wake.h"
#include "wire/frame.h"

namespace penstock {

struct ConnectOptions {
  /** A numeric address; of a link-local one with its scope, e.g. "fe80::1%eth0". */
  std::string host;
  uint16_t port = 0;
  std::array<uint8_t, kPreambleBytes> preamble{};
  int timeoutMs = 0;
};

struct Connected {
  UniqueSocket socket;
  std::array<uint8_t, kHelloBytes> hello{};
  std::string localAddress;
};

/**
 * Connects, sends the preamble, waits for HELLO. Throws SystemError; ECANCELED once `wake` is signalled.
 * Blocks.
 */
Connected ConnectAndGreet(const ConnectOptions& options, Wake& wake);

/** Two connected ends of a local stream, both non-blocking. Throws SystemError. */
std::pair<UniqueSocket, UniqueSocket> LocalPair();

struct DataPortOptions {
  std::string host;
  uint16_t port = 0;
  int preambleTimeoutMs = 5000;
  /** Connections that wait for their preamble or for the core's decision. */
  int maxPending = 16;
  /** Connections of one network that wait for their preamble. */
  int maxPendingPerNetwork = 16;
};

/** A connection whose preamble was received. Counts against maxPending while `slot` lives. */
struct Arrived {
  UniqueSocket socket;
  std::array<uint8_t, kPreambleBytes> preamble{};
  std::string localAddress;
  std::string remoteAddress;
  std::shared_ptr<void> slot;
};

/** A listening port and its thread (ps-port). `onArrival` is called on that thread. */
class DataPort {
 public:
  using OnArrival = std::function<void(Arrived)>;

  /** Throws SystemError if it cannot listen. */
  DataPort(DataPortOptions options, OnArrival onArrival);
  ~DataPort();
  DataPort(const DataPort&) = delete;
  DataPort& operator=(const DataPort&) = delete;

  uint16_t port() const { return port_; }
  /** Stops listening, closes waiting connections, and joins the thread. */
  void Close();

 private:
  struct Pending;
  void Run();
  /** Reads what has arrived, passes complete preambles on, and closes connections that are wrong or late. */
  void AdvanceAll(std::vector<Pending>& pending);
  void AcceptAll(std::vector<Pending>& pending);
  /**
   * Closes another connection if this network or all together have too many; false if this one must be closed.
   */
  bool MakeRoom(std::vector<Pending>& pending, const std::string& network);
  /** False if the connection must be closed, or has been passed on. */
  bool Advance(Pending& one);

  const DataPortOptions options_;
  const OnArrival onArrival_;
  UniqueSocket listener_;
  uint16_t port_ = 0;
  Wake wake_;
  std::atomic<bool> closing_{false};
  /** Connections that wait for the core's decision; shared with those that outlive the port. */
  std::shared_ptr<std::atomic<int>> awaiting_ = std::make_shared<std::atomic<int>>(0);
  std::thread thread_;
};

}  // namespace penstock
