// mmap + send.
#include <algorithm>
#include <cerrno>

#include "send/techniques/send_technique.h"
#include "system/mapped_window.h"

namespace penstock {
namespace {

constexpr uint64_t kWindow = 64ull << 20;
/** Where even this little cannot be locked, nothing can. */
constexpr uint64_t kSmallestLocked = 64 << 10;
constexpr MapOption kAdvice[] = {MapOption::kSequential, MapOption::kWillNeed, MapOption::kPopulate};

class SendMmap final : public SendTechnique {
 public:
  SendMmap(MapOptions options, Calls& calls)
      : SendTechnique(Technique::kMmap), options_(options), calls_(calls), window_(calls) {}

  Step Send(Transport& to, const SourceView& file, uint64_t offset, uint64_t length, Crc32c*) override {
    if (!window_.Holds(file.key, offset)) {
      const Step mapped = IsSet(MapOption::kLock) ? MapLocked(file, offset) : MapAround(file, offset);
      if (mapped.kind != Step::Kind::kMoved) return mapped;
      Counters::Add(calls_.counters().mapWindows, 1);
      for (const MapOption option : kAdvice) {
        if (IsSet(option)) Note(option, window_.Prepare(option));
      }
    }
    const size_t size = std::min<uint64_t>(window_.After(offset), length);
    const ssize_t sent = to.Send(window_.At(offset), size);
    if (sent > 0) return {Step::Kind::kMoved, static_cast<uint64_t>(sent)};
    if (errno == EAGAIN || errno == EINTR) return {};
    // A page of the mapping is not available. A read of the file reports why.
    if (errno == EFAULT) return {Step::Kind::kNotSupported, 0, {Code::kNone, EFAULT, "sendto"}};
    return {Step::Kind::kSocketFailed, 0, {Code::kNone, errno, "sendto"}};
  }

 private:
  bool IsSet(MapOption option) const { return options_.test(IndexOf(option)); }

  void Note(MapOption option, int error) {
    MapOptionFigures& figures = calls_.counters().mapOptions[IndexOf(option)];
    if (error == 0) Counters::Add(figures.windows, 1);
    else figures.error.store(error, std::memory_order_relaxed);
  }

  Step MapAround(const SourceView& file, uint64_t offset) {
    const uint64_t start = offset - offset % windowBytes_;
    const uint64_t size = std::min(windowBytes_, file.size - start);
    return window_.Hold(calls_.Map(file.fd, size, start), file.key, start, size);
  }

  // ENOMEM: more than this process may lock, by its limit and what its other streams hold. A smaller window may fit.
  Step MapLocked(const SourceView& file, uint64_t offset) {
    if (unlockable_ == file.key) return MapAround(file, offset);
    Step mapped = MapAround(file, offset);
    int error = 0;
    while (mapped.kind == Step::Kind::kMoved) {
      error = window_.Prepare(MapOption::kLock);
      if (error != ENOMEM || windowBytes_ == kSmallestLocked) break;
      while (windowBytes_ > kSmallestLocked && windowBytes_ >= window_.size()) windowBytes_ /= 2;
      mapped = MapAround(file, offset);
    }
    if (mapped.kind != Step::Kind::kMoved) return mapped;
    Note(MapOption::kLock, error);
    if (error == 0) return mapped;
    unlockable_ = file.key;
    windowBytes_ = kWindow;
    return MapAround(file, offset);
  }

  const MapOptions options_;
  Calls& calls_;
  MappedWindow window_;
  uint64_t windowBytes_ = kWindow;
  // The file whose windows the system did not lock, sent without; no file has the key 0.
  uint64_t unlockable_ = 0;
};

}  // namespace

std::unique_ptr<SendTechnique> MakeSendMmap(MapOptions options, Calls& calls) {
  return std::make_unique<SendMmap>(options, calls);
}

}  // namespace penstock
