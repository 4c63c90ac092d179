// TLS records that this process makes and opens. Data is sealed into a buffer that stays in the processor's cache and
// leaves it in one call; received records are opened a buffer at a time.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "connection/transport.h"

namespace penstock {
namespace {

/** Room for the records of small frames in front of a batch. */
constexpr size_t kSmallRecords = 4096;
constexpr size_t kOutBytes = kBatchRecords * kRecordBytes + kSmallRecords;
constexpr size_t kInBytes = kBatchRecords * kRecordBytes;
/** RFC 8446 §5.5: at most 2^24.5 records under one key; the sender stops far before. */
constexpr uint64_t kMostRecords = uint64_t{1} << 24;

class SealedTransport final : public Transport {
 public:
  SealedTransport(Calls& calls, Descriptor socket, RecordSealer sealer, RecordOpener opener)
      : Transport(calls, socket),
        sealer_(std::move(sealer)),
        opener_(std::move(opener)),
        out_(new uint8_t[kOutBytes]),
        in_(new uint8_t[kInBytes]),
        opened_(new uint8_t[kInBytes]) {}

  TransportKind kind() const override { return TransportKind::kSealed; }

  ssize_t Send(const void* data, size_t size, bool more) override {
    iovec part{const_cast<void*>(data), size};
    return Take(&part, 1, more);
  }
  ssize_t SendVector(iovec* parts, size_t count) override { return Take(parts, count, false); }

  size_t unsent() const override { return outEnd_ - outStart_; }
  int Flush() override {
    while (HasUnsent()) {
      const ssize_t sent = calls_.Send(socket(), out_.get() + outStart_, outEnd_ - outStart_);
      if (sent < 0) return -1;
      outStart_ += static_cast<size_t>(sent);
    }
    outStart_ = outEnd_ = 0;
    return 0;
  }

  ssize_t Receive(void* data, size_t size) override {
    const uint8_t* from = nullptr;
    const ssize_t got = ReceiveInPlace(&from, size);
    if (got > 0) std::memcpy(data, from, static_cast<size_t>(got));
    return got;
  }
  ssize_t ReceiveInPlace(const uint8_t** data, size_t size) override {
    while (openedStart_ == openedEnd_) {
      // Only behind the content that came before it: no one on the way can hide what the peer has sent.
      if (failure_ != 0) {
        errno = failure_;
        return -1;
      }
      const ssize_t got = calls_.Receive(socket(), in_.get() + inEnd_, kInBytes - inEnd_);
      if (got <= 0) return got;
      inEnd_ += static_cast<size_t>(got);
      failure_ = OpenAll();
    }
    const size_t take = std::min(size, openedEnd_ - openedStart_);
    *data = opened_.get() + openedStart_;
    openedStart_ += take;
    return static_cast<ssize_t>(take);
  }
  bool HasReceived() const override { return openedStart_ < openedEnd_ || failure_ != 0; }
  ssize_t Drop(void* data, size_t size) override {
    // A wait would find what was opened before, or its end, and return at once.
    openedStart_ = openedEnd_;
    failure_ = 0;
    return Transport::Drop(data, size);
  }

  uint64_t sentRecords() const override { return sealer_.records(); }

 private:
  size_t Room() const { return kOutBytes - outEnd_; }

  ssize_t Take(const iovec* parts, size_t count, bool more) {
    if (Room() < kRecordBytes && Flush() != 0) return -1;
    size_t taken = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto* data = static_cast<const uint8_t*>(parts[i].iov_base);
      for (size_t left = parts[i].iov_len; left > 0 && Room() > kRecordOverhead;) {
        const size_t size = std::min({left, kRecordContentBytes, Room() - kRecordOverhead});
        const size_t record = sealer_.Seal(data, size, out_.get() + outEnd_);
        if (record == 0) {
          errno = EIO;
          return -1;
        }
        outEnd_ += record;
        data += size;
        left -= size;
        taken += size;
      }
    }
    if (more && Room() >= kRecordBytes) return static_cast<ssize_t>(taken);
    if (Flush() != 0 && errno != EAGAIN && errno != EINTR) return -1;
    return static_cast<ssize_t>(taken);
  }

  // Opens every whole record that has arrived, up to the first that cannot be opened. 0, or errno.
  int OpenAll() {
    openedStart_ = openedEnd_ = 0;
    size_t at = 0;
    for (;;) {
      const auto size = RecordOpener::SizeOf(in_.get() + at, inEnd_ - at);
      if (!size) return EPROTO;
      if (*size == 0 || *size > inEnd_ - at) break;
      if (opener_.records() >= kMostRecords) return EPROTO;
      const auto content = opener_.Open(in_.get() + at, *size, opened_.get() + openedEnd_);
      if (!content) return EBADMSG;
      openedEnd_ += *content;
      at += *size;
    }
    std::memmove(in_.get(), in_.get() + at, inEnd_ - at);
    inEnd_ -= at;
    return 0;
  }

  RecordSealer sealer_;
  RecordOpener opener_;
  // Records that the socket has not taken: outStart_ to outEnd_.
  const std::unique_ptr<uint8_t[]> out_;
  size_t outStart_ = 0;
  size_t outEnd_ = 0;
  // Records as they arrive; the last may be incomplete.
  const std::unique_ptr<uint8_t[]> in_;
  size_t inEnd_ = 0;
  // Content that was not read yet: openedStart_ to openedEnd_.
  const std::unique_ptr<uint8_t[]> opened_;
  size_t openedStart_ = 0;
  size_t openedEnd_ = 0;
  // Errno of the record behind that content; 0 if there is none.
  int failure_ = 0;
};

}  // namespace

std::unique_ptr<Transport> MakeSealedTransport(Calls& calls, Descriptor socket, const StreamKeys& keys) {
  auto send = MakeAead(keys.send.key.data());
  auto receive = MakeAead(keys.receive.key.data());
  if (!send || !receive) return nullptr;
  return std::make_unique<SealedTransport>(calls, socket, RecordSealer(std::move(send), keys.send),
                                           RecordOpener(std::move(receive), keys.receive));
}

}  // namespace penstock
