// How the bytes of a stream meet its socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/technique.h"
#include "system/calls.h"
#include "system/unique_fd.h"
#include "wire/record.h"

namespace penstock {

/** Unencrypted; in TLS records that this process makes and opens; in TLS records that the kernel makes and opens. */
enum class TransportKind : uint8_t { kPlain, kSealed, kKernelTls };

const char* TransportName(TransportKind kind);
/** The transport with this name, or nothing. */
std::optional<TransportKind> TransportFromName(std::string_view name);
/** Whether a technique can run on a transport. */
bool Carries(TransportKind kind, Technique technique);

/** The keys of a sealed stream, of what this end sends and of what it receives. */
struct StreamKeys {
  RecordKeys send;
  RecordKeys receive;
};

/**
 * Belongs to one stream's thread. No call blocks. Calls return -1 with errno if they fail: EAGAIN if the socket is not
 * ready, EBADMSG for a record that is not authentic, EPROTO for what is not a record.
 */
class Transport {
 public:
  Transport(Calls& calls, Descriptor socket) : calls_(calls), socket_(socket) {}
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual TransportKind kind() const = 0;
  /** For calls by which the kernel moves bytes between the socket and a file; not on a sealed transport. */
  Descriptor socket() const { return socket_; }

  /** Takes at least one byte of the data. `more`: further data follows at once and may share the last segment. */
  virtual ssize_t Send(const void* data, size_t size, bool more = false) = 0;
  /** The same for several parts. EFAULT if a page of one is not available. */
  virtual ssize_t SendVector(iovec* parts, size_t count) = 0;
  /** 0 once the peer has closed. */
  virtual ssize_t Receive(void* data, size_t size) = 0;
  /** The same without a copy: `*data` is valid until the next call. EOPNOTSUPP if the transport has no buffer. */
  virtual ssize_t ReceiveInPlace(const uint8_t** data, size_t size);

  /**
   * Reads data to drop it, unopened if the transport can. A record that the kernel cannot open stays where it is: closing
   * the socket then resets the connection, which can overtake what was sent last.
   */
  virtual ssize_t Drop(void* data, size_t size) { return calls_.Receive(socket(), data, size); }

  /** Whether Receive() opens records straight into the buffer of its caller, without a copy. */
  virtual bool OpensInPlace() const { return false; }

  /** Bytes for the socket that it has not taken yet. */
  virtual size_t unsent() const { return 0; }
  bool HasUnsent() const { return unsent() > 0; }
  /** Sends such data. 0 once the socket has taken all of it. */
  virtual int Flush() { return 0; }
  /** After the last data: ends the stream for the peer, if the transport can before it is closed. */
  virtual void EndSending() { calls_.Shutdown(socket(), SHUT_WR); }
  /** Whether Receive() returns without waiting for the socket: with data that was received, or with an error behind it. */
  virtual bool HasReceived() const { return false; }

  /** Records that were sent, at most; 0 on a plain transport. */
  virtual uint64_t sentRecords() const { return 0; }
  /** Counts the records of `size` bytes that one call has moved from a file to the socket. */
  virtual void CountFileBytes(uint64_t /*size*/) {}

 protected:
  Calls& calls_;

 private:
  const Descriptor socket_;
};

std::unique_ptr<Transport> MakePlainTransport(Calls& calls, Descriptor socket);
/** Null if this machine has no cipher library. */
std::unique_ptr<Transport> MakeSealedTransport(Calls& calls, Descriptor socket, const StreamKeys& keys);
/**
 * Hands the keys to the kernel, which cannot be undone. Null with errno if the kernel does not take them: ENOENT without
 * its tls module, EOPNOTSUPP on other systems. Of the system.
 */
std::unique_ptr<Transport> MakeKernelTlsTransport(Calls& calls, Descriptor socket, const StreamKeys& keys);
/** Whether the kernel has what MakeKernelTlsTransport() needs. Of the system. */
bool HasKernelTls();

}  // namespace penstock
