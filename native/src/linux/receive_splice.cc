// splice(2): socket to pipe to file within the kernel.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "engine/receive_technique.h"
#include "engine/unique_fd.h"

namespace penstock {
namespace {

constexpr int kPipeSizes[] = {1 << 20, 256 << 10};
constexpr int kDefaultPipe = 64 << 10;

class ReceiveSplice final : public ReceiveTechnique {
 public:
  explicit ReceiveSplice(Calls& calls) : calls_(calls) {}
  ReceiveSplice(const ReceiveSplice&) = delete;
  ReceiveSplice& operator=(const ReceiveSplice&) = delete;
  ~ReceiveSplice() override {
    if (out_.valid()) calls_.Close(out_.release());
    if (in_.valid()) calls_.Close(in_.release());
  }

  Technique technique() const override { return Technique::kSplice; }

  Step Receive(int socket, int file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!in_.valid()) {
      const int error = OpenPipe();
      if (error != 0) return {Step::Kind::kNotSupported, 0, error, "pipe2"};
    }
    const size_t want = std::min<uint64_t>(length, pipeBytes_);
    const ssize_t got = calls_.Splice(socket, in_.get(), nullptr, want, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (got == 0) return {Step::Kind::kPeerClosed, 0, 0, "splice"};
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      const bool unsupported = errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
      return {unsupported ? Step::Kind::kNotSupported : Step::Kind::kSocketFailed, 0, errno, "splice"};
    }
    return Drain(file, offset, static_cast<size_t>(got));
  }

 private:
  // An ordinary user may have a lower limit (/proc/sys/fs/pipe-max-size): smaller pipes do, with more calls.
  int OpenPipe() {
    int ends[2];
    if (calls_.Pipe(ends) != 0) return errno;
    out_.reset(ends[0]);
    in_.reset(ends[1]);
    pipeBytes_ = kDefaultPipe;
    for (const int size : kPipeSizes) {
      const int set = calls_.SetPipeSize(in_.get(), size);
      if (set > 0) {
        pipeBytes_ = static_cast<size_t>(set);
        break;
      }
    }
    return 0;
  }

  Step Drain(int file, uint64_t offset, size_t size) {
    size_t done = 0;
    while (done < size) {
      auto at = static_cast<loff_t>(offset + done);
      const ssize_t put = calls_.Splice(out_.get(), file, &at, size - done, SPLICE_F_MOVE);
      if (put > 0) {
        done += static_cast<size_t>(put);
        continue;
      }
      if (put < 0 && errno == EINTR) continue;
      const int error = put == 0 ? EIO : errno;
      if (done == 0 && (error == EINVAL || error == ENOSYS || error == EOPNOTSUPP)) return Rescue(file, offset, size, error);
      return {Step::Kind::kFileFailed, done, error, "splice"};
    }
    return {Step::Kind::kMoved, size, 0, ""};
  }

  // The file cannot be spliced to, and these bytes have left the socket already: write them, then say so.
  Step Rescue(int file, uint64_t offset, size_t size, int why) {
    std::vector<uint8_t> buffer(size);
    size_t have = 0;
    while (have < size) {
      const ssize_t got = calls_.Read(out_.get(), buffer.data() + have, size - have);
      if (got <= 0) return {Step::Kind::kFileFailed, 0, got == 0 ? EIO : errno, "read"};
      have += static_cast<size_t>(got);
    }
    Counters::Add(calls_.counters().userCopyBytes, size);
    const int error = WriteWhole(calls_, file, buffer.data(), size, offset);
    if (error != 0) return {Step::Kind::kFileFailed, 0, error, "pwrite64"};
    return {Step::Kind::kNotSupported, size, why, "splice"};
  }

  Calls& calls_;
  UniqueFd out_;
  UniqueFd in_;
  size_t pipeBytes_ = 0;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveSplice(Calls& calls) { return std::make_unique<ReceiveSplice>(calls); }

}  // namespace penstock
