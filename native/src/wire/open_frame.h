// The frame that a stream is sending.
#pragma once

#include <cstdint>
#include <vector>

#include "system/calls.h"
#include "wire/frame.h"

namespace penstock {

class Link;

/**
 * A frame that was begun and not yet sent whole. It counts how much of the frame the connection has taken and how many
 * body bytes are owed, and holds what replaces them, so that a stream that is cut at any byte can complete the frame
 * and send another one after it. Every byte of a stream is sent through it, or reported to it by Moved(). Belongs to
 * one stream's thread. A call that throws leaves the frame open where it was cut; until it is complete only Complete()
 * may be called.
 */
class OpenFrame {
 public:
  explicit OpenFrame(Link& link) : link_(link) {}
  OpenFrame(const OpenFrame&) = delete;
  OpenFrame& operator=(const OpenFrame&) = delete;

  /** Sends a whole frame that has a small body or none. `more`: the next frame follows at once. */
  void Send(const SmallFrame& frame, bool more = false);
  /** Sends a whole frame from memory, or what a receiver sends before its first frame. */
  void SendBytes(const std::vector<uint8_t>& bytes, bool more = false);
  /** Sends the header of a DATA frame; its body is owed. */
  void BeginData(uint32_t file, uint64_t offset, uint64_t length);
  /** Sends the header and the table of a BATCH; the contents are owed, in the table's order. */
  void BeginBatch(const std::vector<BatchEntry>& entries);
  /** Sends a whole BATCH with its contents at `content`. */
  void SendBatch(const std::vector<BatchEntry>& entries, const uint8_t* content);

  /** The socket has taken this many of the body bytes that are owed. */
  void Moved(uint64_t bytes) { Took(bytes); }
  /**
   * Sends body bytes from mappings of files. False if a page of the part at `*taken` is not available; the bytes
   * before it were sent. `*taken` counts the parts that were sent whole.
   */
  bool SendMapped(iovec* parts, size_t count, size_t* taken);
  /** Sends zeros until only `owed` bytes are owed. */
  void PadUntil(uint64_t owed);

  /** True from the moment a frame is begun until it has been sent whole. */
  bool open() const { return open_; }
  /** Whether the connection has taken a part of the open frame, so that Complete() does not drop it. */
  bool begun() const { return open_ && headSent_ > 0; }
  /** Body bytes of the open frame that the socket has not taken. */
  uint64_t owed() const { return bodyBytes_ - bodySent_; }

  /**
   * Completes a frame that was cut: a small frame, a table and a content in memory with their own bytes, other content
   * with zeros. Drops a frame of which nothing was sent. Returns the files whose content is zeros now.
   */
  std::vector<uint32_t> Complete();

 private:
  struct Content {
    uint32_t file = 0;
    // End of its bytes in the body that is owed.
    uint64_t end = 0;
  };

  void Open(const uint8_t* head, size_t size);
  void OpenBatch(const std::vector<BatchEntry>& entries);
  void SendHead(bool more);
  void Took(uint64_t bytes);

  Link& link_;
  bool open_ = false;
  // Sent unchanged: the header, with the body of a small frame or the table of a BATCH.
  std::vector<uint8_t> head_;
  size_t headSent_ = 0;
  // Content that is owed.
  uint64_t bodyBytes_ = 0;
  uint64_t bodySent_ = 0;
  std::vector<Content> contents_;
  // Where the content is in memory; null if techniques move it.
  const uint8_t* body_ = nullptr;
};

}  // namespace penstock
