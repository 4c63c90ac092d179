#include "connection/session.h"

#include <exception>

#include "connection/stream_thread.h"

namespace penstock {

Session::Session(Direction direction, SessionOptions options, OnEnd onEnd)
    : direction_(direction),
      options_(std::move(options)),
      onEnd_(std::move(onEnd)),
      technique_(options_.technique),
      used_(options_.technique) {}

Session::~Session() { Abort(); }

void Session::Cancel(Code code) { End(SessionEnd{SessionEnd::Kind::kCancelled, code, ""}); }

void Session::Abort() {
  hurried_.store(true, std::memory_order_release);
  End(SessionEnd{SessionEnd::Kind::kCancelled, Code::kCancelled, ""});
  Join();
}

void Session::Join() {
  std::list<Stream> finished;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Stream& stream : streams_) stream.wake.Signal();
    finished.swap(streams_);
  }
  for (Stream& stream : finished) {
    if (stream.thread.joinable()) stream.thread.join();
  }
}

void Session::NoteFellBack(Technique technique, int error, const char* syscall) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const FellBack& known : fellBack_) {
    if (known.technique == technique && known.error == error) return;
  }
  fellBack_.push_back(FellBack{technique, error, syscall});
}

std::vector<FellBack> Session::fellBackFrom() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return fellBack_;
}

std::optional<SessionEnd> Session::end() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return end_;
}

void Session::End(const SessionEnd& end) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (reported_) return;
    if (!end_) end_ = end;
    stopping_.store(true, std::memory_order_release);
    for (Stream& stream : streams_) stream.wake.Signal();
  }
  Settle();
}

void Session::AddFailure(const Failure& failure) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (failed_.insert(failure.index).second) failures_.push_back(failure);
}

std::vector<Failure> Session::failures() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return failures_;
}

void Session::WakeAll() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Stream& stream : streams_) stream.wake.Signal();
}

void Session::StartStream(const std::string& name, std::function<void(Wake&)> body) {
  try {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_) return;
    Stream& stream = streams_.emplace_back();
    try {
      stream.thread = std::thread([this, name, &wake = stream.wake, body = std::move(body)] {
        PrepareStreamThread(name);
        RunStream(wake, body);
      });
    } catch (...) {
      streams_.pop_back();
      throw;
    }
    running_ += 1;
    return;
  } catch (const std::exception&) {
    // No thread, no memory or no descriptor is to be had.
  }
  End(SessionEnd{SessionEnd::Kind::kFailed, Code::kInternal, "pthread_create"});
}

void Session::RunStream(Wake& wake, const std::function<void(Wake&)>& body) {
  try {
    body(wake);
  } catch (const StreamStop& stop) {
    End(stop.end);
  } catch (const SessionStopping&) {
    // The end is known already.
  } catch (const std::exception&) {
    End(SessionEnd{SessionEnd::Kind::kFailed, Code::kInternal, ""});
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    running_ -= 1;
  }
  Settle();
}

void Session::Settle() {
  SessionEnd end;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (reported_ || running_ > 0) return;
    const std::optional<SessionEnd> wanted = end_;
    lock.unlock();
    const SessionEnd outcome = Outcome(wanted);
    lock.lock();
    if (reported_ || running_ > 0) return;
    if (end_.has_value() == wanted.has_value()) end_ = outcome;
    reported_ = true;
    stopping_.store(true, std::memory_order_release);
    end = *end_;
  }
  onEnd_(end);
}

}  // namespace penstock
