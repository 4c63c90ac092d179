// The file of one entry of a BATCH: opened for it alone, or kept open for the slices that follow.
#pragma once

#include <cstdint>
#include <string>

#include "errors/errors.h"
#include "send/send_queue.h"
#include "system/calls.h"
#include "system/unique_fd.h"

namespace penstock {

/** kNone if the file is as in the manifest; of a slice only its own bytes and the time count. */
inline Code ChangeOf(const SourceFile& file, const FileFacts& facts) {
  if (!facts.regular) return Code::kNotReadable;
  if (facts.size < file.offset + file.size) return Code::kFileShrank;
  const bool resized = !file.slice && facts.size != file.size;
  return resized || facts.mtimeNs != file.mtimeNs ? Code::kFileChanged : Code::kNone;
}

/** Belongs to one stream's thread. */
class EntrySource {
 public:
  explicit EntrySource(Calls& calls) : calls_(calls) {}
  ~EntrySource() { Close(); }

  /** Its descriptor; kNoDescriptor with errno if it cannot be opened. */
  Descriptor Open(const SourceFile& file) {
    if (fd_.valid() && file.slice && file.path == path_) return fd_.get();
    Close();
    fd_.reset(calls_.OpenSource(file.path));
    ++key_;
    if (file.slice) path_ = file.path;
    return fd_.get();
  }
  /** Different for every open. Distinct from the keys of the queue. */
  uint64_t key() const { return key_; }
  void Done(const SourceFile& file) {
    if (!file.slice) Close();
  }

 private:
  void Close() {
    if (fd_.valid()) calls_.Close(fd_.release());
    path_ = {};
  }

  Calls& calls_;
  UniqueFd fd_;
  SourcePath path_;
  uint64_t key_ = 1ull << 63;
};

}  // namespace penstock
