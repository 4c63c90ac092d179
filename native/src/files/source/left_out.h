// What a walk found and does not send, whole entries and what some of them have.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "files/source/not_kept.h"

namespace penstock {

/** An entry that is not sent, and why. */
struct LeftOutEntry {
  /** The path under which it would be sent; not always UTF-8. */
  std::string path;
  /** A code of main/contract/errors.ts. */
  const char* code = "";
  /** A parameter of the code's text; its name is empty if the code has none but the path. */
  const char* parameter = "";
  std::string value{};
  /** By a rule, not by an error. */
  bool byPolicy = false;
  /** Number of the given path that it belongs to. */
  uint32_t top = 0;
};

/** Thread-safe. */
class LeftOut {
 public:
  /** Entries that are listed; others are counted only. */
  static constexpr size_t kListed = 10'000;

  void Add(LeftOutEntry entry) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (entries_.size() < kListed) entries_.push_back(std::move(entry));
    ++count_;
  }
  /** An entry that the user excluded, with everything below it. */
  void AddExcluded() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++excluded_;
  }

  /** Counts an entry that is sent without all that it has. */
  void AddNotKept(const NotKeptTable<bool>& entry) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (size_t kind = 0; kind < kNotKeptKinds; ++kind) {
      const auto one = static_cast<NotKept>(kind);
      if (entry[one]) ++notKept_[one];
    }
  }

  std::vector<LeftOutEntry> entries() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return entries_;
  }
  uint64_t count() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }
  uint64_t excluded() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return excluded_;
  }
  NotKeptTable<uint64_t> notKept() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return notKept_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<LeftOutEntry> entries_;
  uint64_t count_ = 0;
  uint64_t excluded_ = 0;
  NotKeptTable<uint64_t> notKept_;
};

}  // namespace penstock
