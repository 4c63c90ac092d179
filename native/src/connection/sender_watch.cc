#include "connection/sender_watch.h"

namespace penstock {
namespace {

// A stream that was busy for that long waited for its own disk: the sender's time begins afterwards.
constexpr std::chrono::seconds kLongWork{1};

}  // namespace

void SenderWatch::ControlBegins() {
  const std::lock_guard<std::mutex> lock(mutex_);
  Begin();
}

void SenderWatch::StreamBegins() {
  const std::lock_guard<std::mutex> lock(mutex_);
  Begin();
  ++begun_;
}

void SenderWatch::Begin() {
  if (active_++ == 0) firstBegan_ = lastMoved_ = Clock::now();
}

void SenderWatch::StreamEnds() {
  const std::lock_guard<std::mutex> lock(mutex_);
  --active_;
}

void SenderWatch::SenderEnds() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ended_ = true;
}

void SenderWatch::Moved(uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  moved_ += bytes;
  if (moved_ < kLeastContent) return;
  moved_ = 0;
  lastMoved_ = Clock::now();
}

void SenderWatch::WaitBegins(Clock::time_point busySince) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++waiting_;
  const auto now = Clock::now();
  if (now - busySince > kLongWork) lastMoved_ = now;
}

void SenderWatch::WaitEnds() {
  const std::lock_guard<std::mutex> lock(mutex_);
  --waiting_;
}

bool SenderWatch::Exceeded() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (ended_) return false;
  const auto now = Clock::now();
  if (begun_ < streams_ && now - firstBegan_ > limits_.streams) return true;
  return waiting_ == active_ && now - lastMoved_ > limits_.stall;
}

}  // namespace penstock
