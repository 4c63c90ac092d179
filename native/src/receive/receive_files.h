// The files that a receiver expects and has received: one table for all streams of a session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "errors/failure.h"
#include "session/delivery_ledger.h"
#include "system/kept.h"
#include "system/unique_fd.h"
#include "wire/frame.h"

namespace penstock {

/** Where a file is created under its own name, and its mode and time. */
struct Placement {
  /** Below the session's tree, parts parted by `/`. */
  std::string path;
  uint32_t mode = 0;
  FileTime modified;
};

struct ExpectedFile {
  uint32_t index = 0;
  uint64_t size = 0;
  /** Without one, the file is created in the staging folder under its number. */
  std::optional<Placement> placement{};
};

/** A file that is not whole under its own name. */
struct Displaced {
  Failure failure{};
  /** It was created under its own name and could not be opened there again. */
  bool named = false;
};

/** A file that is being received. Shared by the streams that bring ranges of it. */
struct StagedFile {
  // Immutable.
  uint32_t index = 0;
  uint64_t size = 0;

  std::mutex openMutex;
  // Under openMutex until opened, then immutable until the file is whole.
  bool opened = false;
  UniqueFd fd;

  // The members below belong to ReceiveFiles and need its lock. Ranges that were received or claimed: start to end,
  // merged where they touch.
  /** Ranges that have come or are coming: start to end, merged where they touch. */
  std::map<uint64_t, uint64_t> claimed;
  std::map<uint64_t, int> retries;
  uint64_t received = 0;
  bool fileEnd = false;
};

/** Thread-safe. kViolation: the sender broke the protocol. */
class ReceiveFiles {
 public:
  enum class Verdict { kTake, kDiscard, kViolation };
  struct Claim {
    Verdict verdict = Verdict::kViolation;
    std::shared_ptr<StagedFile> file;
  };

  /** Throws std::invalid_argument unless indexes rise. */
  void Add(const std::vector<ExpectedFile>& files);
  /** No more files follow. */
  void Close();
  /** Whether it is decided if the transfer has this file: it or a later one was added, or no more follow. */
  bool IsDecided(uint32_t index) const;

  /** A DATA or HOLE begins. A range that was requested again can be claimed again. */
  Claim BeginRange(uint32_t index, uint64_t offset, uint64_t length, bool hole);
  /** The range was written. True when this completes the file. */
  bool RangeDone(StagedFile& file, uint64_t length);
  /** The range was bad. Returns how many times it was requested again, this time included. */
  int RangeBad(StagedFile& file, uint64_t offset, uint64_t length);
  /** FILE_END: `size` must be that of the manifest. Sets `whole` if this completes the file. */
  Claim EndFile(uint32_t index, uint64_t size, bool* whole);
  /** What a FILE_FAILED is to this file. */
  enum class Fail { kFirst, kRepeated, kTakesBack, kViolation };
  Fail FailFile(uint32_t index);

  /** An entry of a BATCH begins. kViolation if it may not come now. */
  Verdict BeginWhole(uint32_t index, uint64_t length);
  /** WholeDone: the entry was written. WholeBad: it was bad, and was requested again as ranges. */
  void WholeDone(uint32_t index);
  void WholeBad(uint32_t index);

  /** All of the file came, and the system has lost it since: it is never among the whole ones. */
  void MarkLost(const Failure& failure);
  bool IsLost(uint32_t index) const;

  /** Where to create the file; nothing where it goes by its number. */
  std::optional<Placement> PlacementOf(uint32_t index) const;
  /** The file was created under its own name: creating it again empties it. */
  void MarkNamed(uint32_t index);
  bool IsNamed(uint32_t index) const;
  /** The file could not get its own name. */
  void Displace(uint32_t index, int error);
  std::vector<Displaced> AllDisplaced() const;
  /** The file has its own name; what of its mode and time it has. The last call for a file counts. */
  void SetKept(uint32_t index, const Kept& kept);
  /** Of the files under their own names. */
  std::vector<EntryNote> AllChanges() const;

  /** Files that streams hold open now, for write-back. */
  std::vector<std::shared_ptr<StagedFile>> Open() const;
  /** Closes the files that are open: no more data follows. */
  void ReleaseFiles();
  bool Settled() const;
  bool IsClosed() const;

 private:
  enum class State : uint8_t { kExpected, kActive, kBatching, kWhole, kWholeInBatch, kFailed };
  struct Entry {
    uint64_t size = 0;
    uint32_t index = 0;
    State state = State::kExpected;
  };

  struct Place {
    Placement where;
    bool named = false;
    int error = 0;
  };

  Entry* Find(uint32_t index);
  const Entry* Find(uint32_t index) const;
  std::shared_ptr<StagedFile> Activate(Entry& entry);
  bool MakeWhole(StagedFile& file);

  mutable std::mutex mutex_;
  // All below need the lock.
  std::vector<Entry> entries_;  // by rising index
  std::unordered_map<uint32_t, std::shared_ptr<StagedFile>> active_;
  size_t settled_ = 0;
  uint64_t discarded_ = 0;
  uint64_t discardable_ = 0;
  bool closed_ = false;
  std::unordered_map<uint32_t, Place> places_;
  std::map<uint32_t, Failure> lost_;
  // Only of files that have changes.
  std::map<uint32_t, Kept> kept_;
};

}  // namespace penstock
