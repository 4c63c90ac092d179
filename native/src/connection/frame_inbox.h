// The frames with small bodies that a stream receives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "connection/link.h"
#include "wire/frame.h"

namespace penstock {

/** A whole frame; `body` is valid until the next call. */
struct ReceivedFrame {
  Header header;
  const uint8_t* body = nullptr;
};

/** Belongs to one thread. For a stream whose frames from that side have at most the size of a report. */
class FrameInbox {
 public:
  FrameInbox(Link& link, From side, StreamKind kind) : link_(link), side_(side), kind_(kind) {}
  FrameInbox(const FrameInbox&) = delete;
  FrameInbox& operator=(const FrameInbox&) = delete;

  /**
   * The next frame, if all of it has arrived. Does not wait. Throws StreamStop: `protocol` for what is not a legal frame,
   * `peer-gone` where the peer has closed.
   */
  std::optional<ReceivedFrame> Next() {
    if (auto frame = Take()) return frame;
    for (;;) {
      std::memmove(bytes_.data(), bytes_.data() + taken_, size_ - taken_);
      size_ -= taken_;
      taken_ = 0;
      if (size_ == bytes_.size()) bytes_.resize(kMaxFrame);
      const size_t got = link_.ReadSome(bytes_.data() + size_, bytes_.size() - size_);
      if (got == 0) return std::nullopt;
      size_ += got;
      if (auto frame = Take()) return frame;
    }
  }

 private:
  static constexpr size_t kMaxFrame = kHeaderBytes + kMaxEntryRuns * kEntryRunBytes;

  std::optional<ReceivedFrame> Take() {
    if (size_ - taken_ < kHeaderBytes) return std::nullopt;
    const uint8_t* at = bytes_.data() + taken_;
    const auto header = DecodeHeader(at, side_, kind_);
    if (!header || header->length > kMaxFrame - kHeaderBytes) FailStream(Code::kProtocol);
    const size_t whole = kHeaderBytes + static_cast<size_t>(header->length);
    if (size_ - taken_ < whole) return std::nullopt;
    taken_ += whole;
    return ReceivedFrame{*header, at + kHeaderBytes};
  }

  Link& link_;
  const From side_;
  const StreamKind kind_;
  // Grows to the longest frame when one does not fit.
  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(4096);
  size_t size_ = 0;
  size_t taken_ = 0;
};

}  // namespace penstock
