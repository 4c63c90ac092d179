// mmap + send(MSG_ZEROCOPY): the network card reads the mapped pages. The kernel reports on the error queue when it has
// finished with them, and whether it copied them. linux/errqueue.h uses timespec without declaring it.
#include <ctime>

#include <linux/errqueue.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>

#include "os/linux/system/linux_calls.h"
#include "send/techniques/send_technique.h"
#include "system/mapped_window.h"

namespace penstock {
namespace {

constexpr uint64_t kWindow = 64ull << 20;
// The kernel counts the pages of a call against the memory that the user may lock, usually 8 MiB, and refuses a call
// that exceeds it.
constexpr uint64_t kLargestCall = 1 << 20;

class SendZerocopy final : public SendTechnique {
 public:
  explicit SendZerocopy(Calls& calls)
      : SendTechnique(Technique::kZerocopy), calls_(calls), linux_(calls), window_(calls) {}

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!enabled_) {
      if (calls_.SetOption(to.socket(), SOL_SOCKET, SO_ZEROCOPY, 1) != 0)
        return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "setsockopt"}};
      enabled_ = true;
    }
    if (!window_.Holds(file.key, offset)) {
      if (!Settle(to.socket())) return {Step::Kind::kAwaitKernel, 0};
      const Step mapped = MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
    }
    const size_t size = std::min({window_.After(offset), length, kLargestCall});
    const ssize_t sent = linux_.SendFlagged(to.socket(), window_.At(offset), size, MSG_ZEROCOPY);
    if (sent > 0) {
      pending_.push_back({static_cast<uint64_t>(sent), false});
      return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    }
    if (errno == EAGAIN || errno == EINTR) return {};
    // No memory for another notification: read pending ones first.
    if (errno == ENOBUFS && !pending_.empty()) return {Step::Kind::kAwaitKernel, 0};
    // EFAULT: a page of the mapping is not available. A read of the file reports why.
    if (errno == EFAULT || errno == ENOBUFS) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "sendto"}};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "sendto"}};
  }

  bool Settle(int socket) override {
    ReadCompletions(socket);
    return pending_.empty();
  }

  void ReadCompletions(int socket) override {
    while (!pending_.empty()) {
      alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(sock_extended_err) + sizeof(sockaddr_in6))];
      msghdr message{};
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      if (linux_.ReceiveError(socket, &message) < 0) return;
      for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
        const bool ip = at->cmsg_level == SOL_IP && at->cmsg_type == IP_RECVERR;
        const bool ip6 = at->cmsg_level == SOL_IPV6 && at->cmsg_type == IPV6_RECVERR;
        if (!ip && !ip6) continue;
        sock_extended_err error{};
        std::memcpy(&error, CMSG_DATA(at), sizeof error);
        if (error.ee_origin == SO_EE_ORIGIN_ZEROCOPY) Complete(error);
      }
    }
  }

 private:
  /** A call that the kernel has not reported yet, or has before an older one. */
  struct Pending {
    uint64_t bytes = 0;
    bool done = false;
  };

  // One notification covers the calls from ee_info to ee_data. Calls are numbered in order and reported in any order;
  // the number may wrap.
  void Complete(const sock_extended_err& error) {
    const bool copied = (error.ee_code & SO_EE_CODE_ZEROCOPY_COPIED) != 0;
    for (uint32_t id = error.ee_info; id != error.ee_data + 1; ++id) {
      const uint32_t at = id - first_;
      if (at >= pending_.size() || pending_[at].done) continue;
      pending_[at].done = true;
      if (copied) Counters::Add(calls_.counters().kernelCopiedBytes, pending_[at].bytes);
    }
    for (; !pending_.empty() && pending_.front().done; ++first_) pending_.pop_front();
  }

  // The kernel holds its own references to pages that it still sends: at the end of a session they may be unmapped
  // early.
  Step MapAround(const SourceView& file, uint64_t offset) {
    const uint64_t start = offset - offset % kWindow;
    const uint64_t size = std::min(kWindow, file.size - start);
    return window_.Hold(calls_.Map(file.fd, size, start), file.key, start, size);
  }

  Calls& calls_;
  LinuxCalls linux_;
  bool enabled_ = false;
  // Oldest first.
  std::deque<Pending> pending_;
  // Number of the call at the front.
  uint32_t first_ = 0;
  MappedWindow window_;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendZerocopy(Calls& calls) { return std::make_unique<SendZerocopy>(calls); }

}  // namespace penstock
