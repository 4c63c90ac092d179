// splice(2): socket to pipe to file within the kernel.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "os/linux/techniques/pipe.h"
#include "receive/techniques/receive_technique.h"
#include "system/content_io.h"

namespace penstock {
namespace {

class ReceiveSplice final : public ReceiveTechnique {
 public:
  explicit ReceiveSplice(Calls& calls)
      : ReceiveTechnique(Technique::kSplice), calls_(calls), linux_(calls), pipe_(calls) {}

  Step Receive(Transport& from, Descriptor file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!pipe_.open()) {
      const int error = pipe_.Open();
      if (error != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, error, "pipe2"}};
    }
    const size_t want = std::min<uint64_t>(length, pipe_.bytes());
    const ssize_t got = linux_.Splice(from.socket(), pipe_.in(), nullptr, want, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (got == 0) return {Step::Kind::kPeerClosed, 0, {Code::kNone, 0, "splice"}};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      return {IsUnsupportedErrno(errno) ? Step::Kind::kNotSupported : Step::Kind::kSocketFailed,
              0,
              {Code::kNone, errno, "splice"}};
    }
    return Drain(file, offset, static_cast<size_t>(got));
  }

 private:
  Step Drain(int file, uint64_t offset, size_t size) {
    size_t done = 0;
    while (done < size) {
      auto at = static_cast<loff_t>(offset + done);
      const ssize_t put = linux_.Splice(pipe_.out(), file, &at, size - done, SPLICE_F_MOVE);
      if (put > 0) {
        done += static_cast<size_t>(put);
        continue;
      }
      if (put < 0 && errno == EINTR) continue;
      const int error = put == 0 ? EIO : errno;
      if (done == 0 && IsUnsupportedErrno(error)) return Rescue(file, offset, size, error);
      return Failed(done, size, {Code::kNone, error, "splice"});
    }
    return {Step::Kind::kMoved, size};
  }

  // What the pipe still holds is of a range that is lost: the next one gets a new pipe.
  Step Failed(size_t done, size_t size, const Failure& failure) {
    pipe_.Close();
    return {Step::Kind::kFileFailed, done, failure, size - done};
  }

  // The file does not support splice(2), and these bytes have left the socket: write them, and then report it.
  Step Rescue(int file, uint64_t offset, size_t size, int why) {
    std::vector<uint8_t> buffer(size);
    size_t have = 0;
    while (have < size) {
      const ssize_t got = linux_.Read(pipe_.out(), buffer.data() + have, size - have);
      if (got <= 0) return Failed(0, size, {Code::kNone, got == 0 ? EIO : errno, "read"});
      have += static_cast<size_t>(got);
    }
    Counters::Add(calls_.counters().userCopyBytes, size);
    const int error = ContentIo(calls_, false).WriteWhole(file, buffer.data(), size, offset);
    if (error != 0) return Failed(0, size, {Code::kNone, error, "pwrite64"});
    return {Step::Kind::kNotSupported, size, {Code::kNone, why, "splice"}};
  }

  Calls& calls_;
  LinuxCalls linux_;
  Pipe pipe_;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveSplice(Calls& calls) { return std::make_unique<ReceiveSplice>(calls); }

}  // namespace penstock
