// The list of what is sent: one thread appends entries, others read them.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/entry_type.h"
#include "base/source_path.h"
#include "files/manifest/segments.h"
#include "files/source/left_out.h"
#include "system/file_time.h"

namespace penstock {

/** What an entry is, apart from its name. */
struct EntryFacts {
  EntryType type = EntryType::kFile;
  /** Permission bits. */
  uint16_t mode = 0;
  /** Bytes of a file; 0 of other entries. */
  uint64_t size = 0;
  /** Bytes that it occupies on its disk: fewer than its size if it has holes. */
  uint64_t allocatedBytes = 0;
  /** Last change of the content, since 1970. */
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
};

/** The parent of a top entry. */
constexpr uint32_t kNoParent = std::numeric_limits<uint32_t>::max();

/** One entry, 64 bytes: a million of them and their names take less than 100 MB. */
struct ManifestEntry {
  uint64_t size;
  uint64_t allocatedBytes;
  int64_t seconds;
  /** Place of the name among the texts. */
  uint64_t name;
  /** Place of a link's target, or of a top entry's path on this machine. */
  uint64_t text;
  uint32_t nanoseconds;
  /** Index of the directory that holds it; kNoParent for a top entry. */
  uint32_t parent;
  uint32_t textBytes;
  uint16_t nameBytes;
  uint16_t mode;
  EntryType type;
};
static_assert(sizeof(ManifestEntry) <= 64, "memory of a transfer of many files");

/** Nanoseconds since 1970, as Calls::Facts has them. */
inline int64_t NanosecondsOf(const ManifestEntry& entry) {
  return NanosecondsOf(FileTime{entry.seconds, static_cast<int32_t>(entry.nanoseconds)});
}

/** Of the entries so far. */
struct ManifestTotals {
  uint32_t entries = 0;
  uint32_t files = 0;
  uint32_t directories = 0;
  uint32_t symlinks = 0;
  uint64_t bytes = 0;
  uint64_t allocatedBytes = 0;
};

/**
 * Entries in the order of sending, parents before their children; the index of an entry is its place. Add calls come from one
 * thread at a time; all other members may be called from any thread, for indexes below size().
 */
class Manifest {
 public:
  /** Adds an entry of the top level, which lies at the absolute path `source`. Returns its index. */
  uint32_t AddTop(const EntryFacts& facts, std::string_view name, std::string_view source);
  /** As AddTop, for the part of a file that begins at `offset`. */
  uint32_t AddSlice(const EntryFacts& facts, std::string_view name, std::string_view source, uint64_t offset);
  /** Adds an entry below an earlier directory. `target`: of a link. */
  uint32_t Add(const EntryFacts& facts, uint32_t parent, std::string_view name, std::string_view target = {});

  uint32_t size() const { return size_.load(std::memory_order_acquire); }
  const ManifestEntry& operator[](uint32_t index) const { return *entries_.At(index); }
  std::string_view NameOf(const ManifestEntry& entry) const { return View(entry.name, entry.nameBytes); }
  /** A link's target; empty for other entries. */
  std::string_view TargetOf(const ManifestEntry& entry) const;
  /** The path under which it is sent, with `/` between the names. */
  std::string PathOf(uint32_t index) const;
  /** The path on this machine. */
  SourcePath SourceOf(uint32_t index) const;
  /** Whether the entries are slices. All are or none is. */
  bool sliced() const { return sliced_; }
  /** Where a slice begins in its file; 0 for a whole file. */
  uint64_t SliceOffset(uint32_t index) const { return sliced_ ? offsets_[index] : 0; }

  ManifestTotals totals() const;
  std::vector<uint32_t> tops() const;
  /** What was found and is not sent. */
  LeftOut& leftOut() { return leftOut_; }

 private:
  struct Text {
    uint64_t place = 0;
    size_t bytes = 0;
  };

  std::string_view View(uint64_t place, size_t bytes) const {
    return bytes == 0 ? std::string_view() : std::string_view(texts_.At(place), bytes);
  }
  Text Keep(std::string_view text);
  uint32_t Append(const EntryFacts& facts, uint32_t parent, std::string_view name, Text text);
  /** The path, with `separator` between the names, from the name or the path on this machine of its top entry. */
  std::string Compose(uint32_t index, char separator, bool fromSource) const;

  Segments<ManifestEntry, 1024> entries_;
  Segments<char, 65536> texts_;
  std::atomic<uint32_t> size_{0};
  std::atomic<uint32_t> files_{0};
  std::atomic<uint32_t> directories_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> allocatedBytes_{0};
  // Of the top entry that was added last.
  Text lastSource_;
  // Of slices, by index. A manifest of slices is complete before another thread reads it.
  bool sliced_ = false;
  std::vector<uint64_t> offsets_;
  mutable std::mutex topsMutex_;
  std::vector<uint32_t> tops_;
  LeftOut leftOut_;
};

}  // namespace penstock
