// Small files, many in one frame.
#pragma once

#include <memory>
#include <vector>

#include "connection/link.h"
#include "send/content/entry_source.h"
#include "send/content/gather_batch.h"
#include "send/content/range_sender.h"
#include "send/send_session.h"
#include "system/content_io.h"

namespace penstock {

/** Belongs to one stream's thread. */
class BatchSender {
 public:
  BatchSender(SendSession& session, Link& link, OpenFrame& frame, RangeSender& ranges)
      : session_(session),
        link_(link),
        frame_(frame),
        ranges_(ranges),
        content_(link.calls(), session.options().dontCache),
        entry_(link.calls()),
        gather_(MakeGatherBatch(session, link, frame)) {}

  /**
   * Reads the files into the buffer. Returns those that cannot be sent as the manifest describes them. Without checks
   * most techniques read nothing: Send moves the files.
   */
  std::vector<Failure> Gather(const std::vector<SourceFile>& files);

  size_t count() const { return entries_.size(); }
  uint32_t firstFile() const { return entries_.front().file; }
  uint64_t contentBytes() const { return used_; }
  uint64_t bodyBytes() const { return used_ + entries_.size() * kBatchEntryBytes; }
  const std::vector<BatchEntry>& entries() const { return entries_; }
  /** Sends the frame. Returns files that failed and were padded: FILE_FAILED must follow for them. */
  std::vector<Failure> Send();

 private:
  std::vector<Failure> SendDirect();
  Failure ReadOne(const SourceFile& file);

  SendSession& session_;
  Link& link_;
  OpenFrame& frame_;
  RangeSender& ranges_;
  ContentIo content_;
  EntrySource entry_;
  const std::unique_ptr<GatherBatch> gather_;
  // The current batch is sent from mappings.
  bool gathers_ = false;
  std::unique_ptr<uint8_t[]> buffer_;
  uint64_t used_ = 0;
  std::vector<BatchEntry> entries_;
  // Files that Send moves.
  std::vector<SourceFile> direct_;
};

}  // namespace penstock
