// The files to send, and which stream sends which range next: one table and one queue for all streams of a session.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/source_path.h"
#include "errors/errors.h"
#include "files/manifest/manifest.h"
#include "system/unique_fd.h"
#include "wire/frame.h"

namespace penstock {

/** A file to be sent or copied. */
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
  /** The files of the manifest are sent in its order, but for the entries `without`. Called once. */
  void Add(std::shared_ptr<const Manifest> manifest, const std::vector<uint32_t>& without);
  /** The manifest is complete. */
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
  /** Of one entry. kNone: not a file, or not sent. */
  enum class State : uint8_t { kNone, kWaiting, kActive, kSent, kSentInBatch, kDelivered, kFailed };

  /** Takes what the manifest has published since. */
  void TakeEntries();
  /** The first waiting file from `index` on; the number of entries where there is none. */
  uint32_t NextFile(uint32_t index) const;
  bool IsSmall(uint32_t index) const;
  SourceFile FileAt(uint32_t index) const;
  void TakeBatch(Job* job);
  std::shared_ptr<ActiveSource> Activate(uint32_t index);
  bool Settle(uint32_t index, State state);

  mutable std::mutex mutex_;
  // All below need the lock.
  std::shared_ptr<const Manifest> manifest_;
  // One byte an entry.
  std::vector<State> states_;
  uint32_t next_ = 0;
  std::shared_ptr<ActiveSource> current_;
  uint64_t cursor_ = 0;
  uint64_t lastKey_ = 0;
  size_t unsettled_ = 0;
  bool closed_ = false;
};

}  // namespace penstock
