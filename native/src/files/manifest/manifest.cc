#include "files/manifest/manifest.h"

#include <cstring>
#include <stdexcept>

#include "platform.h"

namespace penstock {

uint32_t Manifest::AddTop(const EntryFacts& facts, std::string_view name, std::string_view source) {
  // Known before the entry is published.
  {
    std::lock_guard<std::mutex> lock(topsMutex_);
    tops_.push_back(size());
  }
  // Slices of one file share its path.
  if (View(lastSource_.place, lastSource_.bytes) != source) lastSource_ = Keep(source);
  return Append(facts, kNoParent, name, lastSource_);
}

uint32_t Manifest::AddSlice(const EntryFacts& facts, std::string_view name, std::string_view source, uint64_t offset) {
  sliced_ = true;
  offsets_.push_back(offset);
  return AddTop(facts, name, source);
}

uint32_t Manifest::Add(const EntryFacts& facts, uint32_t parent, std::string_view name, std::string_view target) {
  return Append(facts, parent, name, Keep(target));
}

Manifest::Text Manifest::Keep(std::string_view text) {
  if (text.empty()) return {};
  const Text kept{texts_.Allocate(text.size()), text.size()};
  std::memcpy(texts_.At(kept.place), text.data(), text.size());
  return kept;
}

uint32_t Manifest::Append(const EntryFacts& facts, uint32_t parent, std::string_view name, Text text) {
  const uint32_t index = size();
  if (index == kNoParent) throw std::length_error("too many entries");
  if (name.size() > UINT16_MAX) throw std::length_error("a name of more than 65 535 bytes");
  const Text kept = Keep(name);
  ManifestEntry& entry = *entries_.At(entries_.Allocate(1));
  entry.size = facts.size;
  entry.allocatedBytes = facts.allocatedBytes;
  entry.seconds = facts.seconds;
  entry.name = kept.place;
  entry.text = text.place;
  entry.nanoseconds = facts.nanoseconds;
  entry.parent = parent;
  entry.textBytes = static_cast<uint32_t>(text.bytes);
  entry.nameBytes = static_cast<uint16_t>(kept.bytes);
  entry.mode = facts.mode;
  entry.type = facts.type;
  if (facts.type == EntryType::kFile) files_.fetch_add(1, std::memory_order_relaxed);
  else if (facts.type == EntryType::kDirectory) directories_.fetch_add(1, std::memory_order_relaxed);
  bytes_.fetch_add(facts.size, std::memory_order_relaxed);
  allocatedBytes_.fetch_add(facts.allocatedBytes, std::memory_order_relaxed);
  // Publishes the entry.
  size_.store(index + 1, std::memory_order_release);
  return index;
}

std::string_view Manifest::TargetOf(const ManifestEntry& entry) const {
  if (entry.type != EntryType::kSymlink) return {};
  return View(entry.text, entry.textBytes);
}

std::string Manifest::PathOf(uint32_t index) const { return Compose(index, '/', false); }

SourcePath Manifest::SourceOf(uint32_t index) const {
  const ManifestEntry* top = &(*this)[index];
  if (top->parent == kNoParent) return {Compose(index, kSeparator, true), 0};
  while (top->parent != kNoParent) top = &(*this)[top->parent];
  return {Compose(index, kSeparator, true), top->textBytes};
}

std::string Manifest::Compose(uint32_t index, char separator, bool fromSource) const {
  size_t bytes = 0;
  const ManifestEntry* entry = &(*this)[index];
  for (; entry->parent != kNoParent; entry = &(*this)[entry->parent]) bytes += entry->nameBytes + size_t{1};
  std::string_view start = NameOf(*entry);
  if (fromSource) start = View(entry->text, entry->textBytes);
  // The root of a file system ends with a separator.
  if (bytes > 0 && !start.empty() && start.back() == separator) start.remove_suffix(1);
  std::string path(start.size() + bytes, separator);
  path.replace(0, start.size(), start);
  size_t end = path.size();
  for (entry = &(*this)[index]; entry->parent != kNoParent; entry = &(*this)[entry->parent]) {
    const std::string_view name = NameOf(*entry);
    end -= name.size();
    path.replace(end, name.size(), name);
    --end;
  }
  return path;
}

ManifestTotals Manifest::totals() const {
  ManifestTotals totals;
  totals.entries = size();
  totals.files = files_.load(std::memory_order_relaxed);
  totals.directories = directories_.load(std::memory_order_relaxed);
  totals.bytes = bytes_.load(std::memory_order_relaxed);
  totals.allocatedBytes = allocatedBytes_.load(std::memory_order_relaxed);
  // A counter may be ahead of the published entries.
  const uint32_t others = totals.files + totals.directories;
  totals.symlinks = totals.entries > others ? totals.entries - others : 0;
  return totals;
}

std::vector<uint32_t> Manifest::tops() const {
  const uint32_t published = size();
  std::lock_guard<std::mutex> lock(topsMutex_);
  std::vector<uint32_t> tops = tops_;
  while (!tops.empty() && tops.back() >= published) tops.pop_back();
  return tops;
}

}  // namespace penstock
