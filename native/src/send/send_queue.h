// The files to send, and which stream sends which range next: one table and one queue for all streams of a session.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/errors.h"
#include "base/source_path.h"
#include "base/unique_fd.h"
#include "wire/frame.h"

namespace penstock {

/** A file to be sent, as JavaScript gave it. */
struct SourceFile {
  uint32_t index = 0;
  SourcePath path;
  uint64_t size = 0;
  int64_t mtimeNs = 0;
  /** Whether it is a part of a larger file, sent as a file of its own. */
  bool slice = false;
  /** Where the slice begins in its file; 0 for a whole file. */
  uint64_t offset = 0;
};

/** Files up to this size are gathered into BATCH frames when several follow each other. */
constexpr uint64_t kSmallFileBytes = 64 << 10;
constexpr size_t kMaxBatchEntries = 2048;

/** A file that some streams are sending. Shared by them. */
struct ActiveSource {
  // Immutable.
  uint32_t position = 0;
  uint32_t index = 0;
  uint64_t key = 0;
  uint64_t size = 0;
  int64_t mtimeNs = 0;
  SourcePath path;
  /** As in SourceFile; offsets of frames and jobs count from `base`. */
  bool slice = false;
  uint64_t base = 0;
  /** Begun again for a RETRY: the file has been sent before. */
  bool again = false;
  /** RETRY of a file of a BATCH: FILE_END must follow. */
  bool wantsFileEnd = true;

  /** Content not yet sent. The stream that brings it to 0 sends FILE_END. */
  std::atomic<uint64_t> left{0};
  std::atomic<bool> failed{false};

  std::mutex openMutex;
  // Under openMutex until opened, then immutable until the last range is done.
  bool opened = false;
  UniqueFd fd;
  // Under openMutex: the extent of data that was found last, to ask the file system only once for dense
  // files.
  uint64_t dataFrom = 0;
  uint64_t dataUntil = 0;
};

/** A range of one file: `length` 0 is an empty file, which is only its FILE_END. */
struct RangeJob {
  std::shared_ptr<ActiveSource> source;
  uint64_t offset = 0;
  uint64_t length = 0;
  bool retry = false;
};

struct Job {
  enum class Kind { kNothingYet, kNoMore, kRange, kBatch };
  Kind kind = Kind::kNothingYet;
  RangeJob range;
  std::vector<SourceFile> batch;
};

/** Thread-safe. */
class SendQueue {
 public:
  /** Throws std::invalid_argument for an index that was added before. */
  void Add(std::vector<SourceFile> files);
  void Close();

  Job Next();
  /** The range of a RETRY, or nothing if such a range was never sent. */
  std::unique_ptr<RangeJob> Again(uint32_t index, uint64_t offset, uint64_t length);
  /**
   * A hole continues after a range that ends at `end`: claims the ranges up to `wanted` that no stream has begun.
   * Returns the new end.
   */
  uint64_t ClaimHole(const std::shared_ptr<ActiveSource>& source, uint64_t end, uint64_t wanted);

  /** FILE_END was sent, or the file was sent in a BATCH. */
  void MarkSent(uint32_t index, bool inBatch);
  /** False when the file has failed before. */
  bool MarkFailed(uint32_t index);
  /** The receiver has delivered the file. False for a file that was not sent whole. */
  bool MarkDelivered(uint32_t index);
  /** The receiver has not delivered the file, whether it was sent or not. */
  void MarkNotDelivered(uint32_t index);
  /** No more is sent: the file that is open is closed. */
  void ReleaseFiles();
  /** Every file is delivered, or failed. */
  bool Settled() const;

 private:
  enum class State : uint8_t { kWaiting, kActive, kSent, kSentInBatch, kDelivered, kFailed };
  struct Entry {
    SourceFile file;
    State state = State::kWaiting;
  };

  std::shared_ptr<ActiveSource> Activate(uint32_t position);
  bool Settle(uint32_t index, State state);

  mutable std::mutex mutex_;
  // All below need the lock.
  std::vector<Entry> entries_;
  std::unordered_map<uint32_t, uint32_t> positionOf_;
  uint32_t next_ = 0;
  std::shared_ptr<ActiveSource> current_;
  uint64_t cursor_ = 0;
  uint64_t lastKey_ = 0;
  size_t settled_ = 0;
  bool closed_ = false;
};

}  // namespace penstock
