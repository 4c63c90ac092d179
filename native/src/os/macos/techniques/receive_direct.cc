// recv into an aligned buffer, written through a descriptor with F_NOCACHE: the page cache keeps nothing of it.
#include <algorithm>
#include <cerrno>

#include "os/macos/system/mac_calls.h"
#include "os/macos/techniques/uncached.h"
#include "receive/techniques/buffered_receive.h"

namespace penstock {
namespace {

class ReceiveDirect final : public BufferedReceive {
 public:
  explicit ReceiveDirect(Calls& calls) : BufferedReceive(Technique::kDirect, calls), mac_(calls) {}

  void Begin(uint64_t /*end*/) override { uncached_ = false; }

 private:
  Step Prepare(Transport& /*from*/, Descriptor file) override {
    if (!uncached_ && mac_.SetNoCache(file) != 0) return {Step::Kind::kNotSupported, 0, {Code::kNone, errno, "fcntl"}};
    uncached_ = true;
    return {Step::Kind::kMoved, 0};
  }
  ssize_t Take(Transport& from, uint64_t /*offset*/, uint64_t length, const uint8_t** data) override {
    *data = buffer_.data();
    return from.Receive(buffer_.data(), std::min<uint64_t>(kDirectBuffer, length));
  }
  Step Write(Descriptor file, const uint8_t* data, size_t size, uint64_t offset) override {
    Step step = BufferedReceive::Write(file, data, size, offset);
    if (step.moved > 0) Counters::Add(calls_.counters().directBytes, UncachedPart(offset, size));
    return step;
  }

  MacCalls mac_;
  UncachedBuffer buffer_;
  bool uncached_ = false;
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveDirect(Calls& calls) { return std::make_unique<ReceiveDirect>(calls); }

}  // namespace penstock
