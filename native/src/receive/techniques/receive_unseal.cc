// recv, open the records, and write from the buffer that they were opened into.
#include <algorithm>
#include <cerrno>

#include "receive/techniques/buffered_receive.h"

namespace penstock {
namespace {

class ReceiveUnseal final : public BufferedReceive {
 public:
  explicit ReceiveUnseal(Calls& calls) : BufferedReceive(Technique::kUnseal, calls) {}

 private:
  ssize_t Take(Transport& from, uint64_t /*offset*/, uint64_t length, const uint8_t** data) override {
    return from.ReceiveInPlace(data, length);
  }
};

}  // namespace

std::unique_ptr<ReceiveTechnique> MakeReceiveUnseal(Calls& calls) { return std::make_unique<ReceiveUnseal>(calls); }

}  // namespace penstock
