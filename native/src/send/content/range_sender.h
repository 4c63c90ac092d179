// The loop around every send technique: one DATA frame and its check.
#pragma once

#include <memory>
#include <vector>

#include "connection/link.h"
#include "send/content/entry_source.h"
#include "send/send_queue.h"
#include "send/send_session.h"
#include "send/techniques/send_technique.h"
#include "session/fallback.h"

namespace penstock {

/** Belongs to one stream's thread. */
class RangeSender {
 public:
  RangeSender(SendSession& session, Link& link, OpenFrame& frame)
      : session_(session), link_(link), frame_(frame), fallback_(session), entry_(link.calls()) {
    link_.OnErrorQueue([this] {
      if (technique_) technique_->ReadCompletions(link_.fd());
    });
  }

  /** A range that was sent. With a failure the frame was padded: FILE_FAILED must follow directly. */
  struct Result {
    Failure failure{};
    uint32_t crc = 0;
  };

  /** Opens the source if no stream has yet. */
  Failure Open(ActiveSource& source);
  /** Fails unless size and time are those of the manifest. */
  Failure Unchanged(ActiveSource& source);
  /** End of the hole that begins at `offset`, or `offset` if there is data. */
  uint64_t HoleEnd(ActiveSource& source, uint64_t offset);
  /** Sends a DATA frame. */
  Result Send(const RangeJob& job);
  /** Sends a small file as an entry of the open BATCH; padded with zeros if it fails. Not checked. */
  Failure SendEntry(const SourceFile& file);
  /**
   * The stream ends: withdraws what the kernel still holds of a step, and reports the rest to the frame. False if it
   * is unknown how much was sent: nothing more can be sent on the connection then.
   */
  bool Withdraw(bool hurried);

 private:
  SendTechnique* Prepare(uint64_t key);
  Result SendBody(const SourceView& view, uint64_t offset, uint64_t length, bool check);
  /** Feeds the check with a part of the file, in pieces. */
  Failure ReadPieces(const SourceView& view, uint64_t from, uint64_t until, Crc32c& crc);
  Failure ReadPiece(const SourceView& view, uint64_t offset, uint64_t length, Crc32c& crc);

  SendSession& session_;
  Link& link_;
  OpenFrame& frame_;
  Fallback fallback_;
  std::unique_ptr<SendTechnique> technique_;
  std::vector<uint8_t> piece_;
  EntrySource entry_;
};

}  // namespace penstock
