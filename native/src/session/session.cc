#include "session/session.h"

#include <exception>

#include "system/thread.h"

namespace penstock {

Session::Session(Direction direction, SessionOptions options, OnEnd onEnd)
    : direction_(direction),
      options_(std::move(options)),
      onEnd_(std::move(onEnd)),
      technique_(options_.technique),
      used_(options_.technique) {}

Session::~Session() { Abort(); }

void Session::Cancel(Code code) { End(SessionEnd{SessionEnd::Kind::kCancelled, {code}}); }

void Session::Abort() {
  hurried_.store(true, std::memory_order_release);
  End(SessionEnd{SessionEnd::Kind::kCancelled, {Code::kCancelled}});
  Join();
}

void Session::Join() {
  std::list<Thread> finished;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Thread& one : threads_) one.wake.Signal();
    finished.swap(threads_);
  }
  for (Thread& one : finished) {
    if (one.thread.joinable()) one.thread.join();
  }
}

void Session::NoteFellBack(Technique technique, const Failure& failure) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const FellBack& known : fellBack_) {
    if (known.technique == technique && known.failure.error == failure.error) return;
  }
  fellBack_.push_back({technique, failure});
}

std::vector<FellBack> Session::fellBackFrom() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return fellBack_;
}

std::optional<TransportKind> Session::transport() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return transport_;
}

void Session::NoteTransport(TransportKind kind) {
  std::lock_guard<std::mutex> lock(mutex_);
  transport_ = kind;
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
    for (Thread& one : threads_) one.wake.Signal();
  }
  OnStopping();
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

void Session::ControlBegins() {
  std::lock_guard<std::mutex> lock(mutex_);
  controlled_ = true;
}

void Session::StreamBroke(const StreamStop& stop) {
  bool controlled;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!broken_) broken_ = stop;
    controlled = controlled_;
  }
  if (controlled) WakeAll();
  else End(stop.end);
}

std::optional<StreamStop> Session::brokenStream() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return broken_;
}

void Session::WakeAll() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Thread& one : threads_) one.wake.Signal();
}

void Session::StartThread(const std::string& name, std::function<void(Wake&)> body) {
  try {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_) return;
    Thread& one = threads_.emplace_back();
    try {
      one.thread = std::thread([this, name, &wake = one.wake, body = std::move(body)] {
        PrepareThread(name);
        Run(wake, body);
      });
    } catch (...) {
      threads_.pop_back();
      throw;
    }
    running_ += 1;
    return;
  } catch (const std::exception&) {
    // No thread, no memory or no descriptor is left.
  }
  End(SessionEnd{SessionEnd::Kind::kFailed, {Code::kInternal, 0, "pthread_create"}});
}

void Session::Run(Wake& wake, const std::function<void(Wake&)>& body) {
  try {
    body(wake);
  } catch (const StreamStop& stop) {
    End(stop.end);
  } catch (const SessionStopping&) {
    // End() has been called.
  } catch (const std::exception&) {
    End(SessionEnd{SessionEnd::Kind::kFailed, {Code::kInternal}});
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
