// Small files, many to a frame.
#pragma once

#include <memory>
#include <vector>

#include "engine/link.h"
#include "engine/send_session.h"

namespace penstock {

/** Belongs to one stream's thread. */
class BatchSender {
 public:
  BatchSender(SendSession& session, Link& link) : session_(session), link_(link) {}

  struct Failed {
    uint32_t index = 0;
    Code code = Code::kNone;
    int error = 0;
  };
  /** Reads the files into the buffer; those that cannot be sent as the manifest has them come back instead. */
  std::vector<Failed> Gather(const std::vector<SourceFile>& files);

  size_t count() const { return entries_.size(); }
  uint32_t firstFile() const { return entries_.front().file; }
  uint64_t contentBytes() const { return used_; }
  uint64_t bodyBytes() const { return used_ + entries_.size() * kBatchEntryBytes; }
  const std::vector<BatchEntry>& entries() const { return entries_; }
  /** Sends the frame. A batch is whole or not sent: nothing in it can fail any more. */
  void Send();
  /** Sends the rest of a frame that the session's end has cut; nothing when there is none. */
  void Complete() { link_.WriteParts(parts_, 2); }

 private:
  Failed ReadOne(const SourceFile& file);

  SendSession& session_;
  Link& link_;
  std::unique_ptr<uint8_t[]> buffer_;
  uint64_t used_ = 0;
  std::vector<BatchEntry> entries_;
  std::vector<uint8_t> head_;
  // What of the frame being sent the connection has not taken yet.
  iovec parts_[2] = {};
};

}  // namespace penstock
