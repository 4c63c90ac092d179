// TransmitFile: from the system's cache to the socket, overlapped, so that the stream can be woken while it runs.
#include <algorithm>
#include <cerrno>
#include <mutex>

#include "os/windows/connection/event.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/system/windows_calls.h"
#include "os/windows/techniques/transmit_rules.h"
#include "send/techniques/send_technique.h"

namespace penstock {
namespace {

// How long a running call may take to finish when the session ends.
constexpr DWORD kWithdrawMs = 1000;

bool IsServer() {
  OSVERSIONINFOEXW wanted{};
  wanted.dwOSVersionInfoSize = sizeof wanted;
  wanted.wProductType = VER_NT_WORKSTATION;
  return ::VerifyVersionInfoW(&wanted, VER_PRODUCT_TYPE, ::VerSetConditionMask(0, VER_PRODUCT_TYPE, VER_EQUAL)) == 0;
}

/** A stream's permission to use TransmitFile, of the few that the process has. */
class Permission {
 public:
  ~Permission() {
    if (!held_) return;
    const std::lock_guard<std::mutex> lock(Mutex());
    Running() -= 1;
  }
  bool Take() {
    static const bool server = IsServer();
    if (held_) return true;
    const std::lock_guard<std::mutex> lock(Mutex());
    held_ = MayTransmit(Running(), server);
    if (held_) Running() += 1;
    return held_;
  }

 private:
  static std::mutex& Mutex() {
    static std::mutex mutex;
    return mutex;
  }
  static int& Running() {
    static int running = 0;
    return running;
  }
  bool held_ = false;
};

class SendTransmitFile final : public SendTechnique {
 public:
  explicit SendTransmitFile(Calls& calls)
      : SendTechnique(Technique::kTransmitFile), calls_(calls), event_(MakeEvent()) {}
  ~SendTransmitFile() override {
    if (running_) Cancel();
  }

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (running_) return Ended(false);
    if (!permission_.Take()) return {Step::Kind::kNotSupported, 0, {Code::kNone, EBUSY, "TransmitFile"}};
    overlapped_ = OVERLAPPED{};
    overlapped_.Offset = static_cast<DWORD>(offset);
    overlapped_.OffsetHigh = static_cast<DWORD>(offset >> 32);
    overlapped_.hEvent = HandleOf(event_.get());
    ::ResetEvent(overlapped_.hEvent);
    socket_ = to.socket();
    const auto size = static_cast<DWORD>(TransmitBytes(length));
    const BOOL done = calls_.TransmitFile(socket_, file.fd, size, &overlapped_);
    if (done == 0 && ::WSAGetLastError() != WSA_IO_PENDING) return Refused(::WSAGetLastError());
    running_ = true;
    calls_.AlsoAwait(overlapped_.hEvent);
    return Ended(false);
  }

  std::optional<uint64_t> Withdraw(bool hurried) override {
    if (!running_) return 0;
    ::WaitForSingleObject(HandleOf(event_.get()), hurried ? 0 : kWithdrawMs);
    const Step step = Ended(false);
    if (step.kind == Step::Kind::kMoved) return step.moved;
    if (running_) Cancel();
    return std::nullopt;
  }

 private:
  // The result of the running call; kAwaitKernel while it runs.
  Step Ended(bool wait) {
    DWORD sent = 0;
    DWORD flags = 0;
    if (::WSAGetOverlappedResult(socket_, &overlapped_, &sent, wait ? TRUE : FALSE, &flags) != 0) {
      Stopped();
      if (sent == 0) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "TransmitFile"}};
      return {Step::Kind::kMoved, sent};
    }
    const int error = ::WSAGetLastError();
    if (error == WSA_IO_INCOMPLETE) return {Step::Kind::kAwaitKernel, 0};
    Stopped();
    return Refused(error);
  }

  static Step Refused(int error) {
    if (error == ERROR_HANDLE_EOF) return {Step::Kind::kSourceEnded, 0, {Code::kNone, 0, "TransmitFile"}};
    const int number = ErrnoOf(static_cast<DWORD>(error));
    const bool unsupported = number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
    if (unsupported) return {Step::Kind::kNotSupported, 0, {Code::kNone, number, "TransmitFile"}};
    const bool connection = IsConnectionErrno(number) || number == ECANCELED;
    return {connection ? Step::Kind::kSocketFailed : Step::Kind::kFileFailed, 0, {Code::kNone, number, "TransmitFile"}};
  }

  // The system writes to `overlapped_` until the call has finished: it must outlive it.
  void Cancel() {
    calls_.CancelIo(socket_, &overlapped_);
    Ended(true);
  }

  void Stopped() {
    running_ = false;
    calls_.AlsoAwait(nullptr);
  }

  WindowsCalls calls_;
  const UniqueFd event_;
  Permission permission_;
  OVERLAPPED overlapped_{};
  Descriptor socket_ = kNoDescriptor;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendTransmitFile(Calls& calls) { return std::make_unique<SendTransmitFile>(calls); }

}  // namespace penstock
