#include "wire/open_frame.h"

#include <algorithm>
#include <cerrno>

#include "connection/link.h"

namespace penstock {
namespace {

constexpr uint8_t kZeros[64 << 10] = {};

}  // namespace

void OpenFrame::Open(const uint8_t* head, size_t size) {
  open_ = true;
  head_.assign(head, head + size);
  headSent_ = 0;
  bodyBytes_ = bodySent_ = 0;
  body_ = nullptr;
  contents_.clear();
}

void OpenFrame::Took(uint64_t bytes) {
  const uint64_t ofHead = std::min<uint64_t>(bytes, head_.size() - headSent_);
  headSent_ += static_cast<size_t>(ofHead);
  bodySent_ += bytes - ofHead;
  link_.NoteSent();
  if (bytes > ofHead) link_.NoteProgress();
  if (headSent_ == head_.size() && owed() == 0) open_ = false;
}

void OpenFrame::SendHead(bool more) {
  while (headSent_ < head_.size()) Took(link_.WriteSome(&head_[headSent_], head_.size() - headSent_, more));
}

void OpenFrame::Send(const SmallFrame& frame, bool more) {
  Open(frame.bytes.data(), frame.size);
  SendHead(more);
}

void OpenFrame::SendBytes(const std::vector<uint8_t>& bytes, bool more) {
  Open(bytes.data(), bytes.size());
  SendHead(more);
}

void OpenFrame::BeginData(uint32_t file, uint64_t offset, uint64_t length) {
  HeaderBytes header;
  EncodeHeader(Header{FrameType::kData, 0, file, offset, length}, header.data());
  Open(header.data(), header.size());
  bodyBytes_ = length;
  contents_.push_back({file, length});
  SendHead(true);
}

void OpenFrame::OpenBatch(const std::vector<BatchEntry>& entries) {
  std::vector<uint8_t> head(kHeaderBytes + entries.size() * kBatchEntryBytes);
  std::vector<Content> contents;
  contents.reserve(entries.size());
  uint64_t bytes = 0;
  uint8_t* at = head.data() + kHeaderBytes;
  for (const BatchEntry& entry : entries) {
    EncodeBatchEntry(entry, at);
    at += kBatchEntryBytes;
    bytes += entry.length;
    contents.push_back({entry.file, bytes});
  }
  const uint64_t length = bytes + entries.size() * kBatchEntryBytes;
  EncodeHeader(Header{FrameType::kBatch, 0, static_cast<uint32_t>(entries.size()), 0, length}, head.data());
  Open(head.data(), head.size());
  bodyBytes_ = bytes;
  contents_.swap(contents);
}

void OpenFrame::BeginBatch(const std::vector<BatchEntry>& entries) {
  OpenBatch(entries);
  SendHead(owed() > 0);
}

void OpenFrame::SendBatch(const std::vector<BatchEntry>& entries, const uint8_t* content) {
  OpenBatch(entries);
  body_ = content;
  while (open_) {
    // sendmsg only reads what the parts point to.
    iovec parts[2] = {{&head_[0] + headSent_, head_.size() - headSent_},
                      {const_cast<uint8_t*>(body_) + bodySent_, static_cast<size_t>(owed())}};
    const auto sent = link_.WriteSomeParts(parts, 2);
    if (!sent) link_.Broken(EFAULT, "sendmsg");
    Took(*sent);
  }
}

bool OpenFrame::SendMapped(iovec* parts, size_t count, size_t* taken) {
  for (size_t at = 0; at < count;) {
    if (parts[at].iov_len == 0) {
      ++at;
      ++*taken;
      continue;
    }
    const auto sent = link_.WriteSomeParts(parts + at, count - at);
    if (!sent) return false;
    Took(*sent);
    for (size_t left = *sent, i = at; left > 0; ++i) {
      const size_t of = std::min<size_t>(left, parts[i].iov_len);
      parts[i] = {static_cast<uint8_t*>(parts[i].iov_base) + of, parts[i].iov_len - of};
      left -= of;
    }
  }
  return true;
}

void OpenFrame::PadUntil(uint64_t owedThen) {
  while (owed() > owedThen) {
    Took(link_.WriteSome(kZeros, std::min<uint64_t>(owed() - owedThen, sizeof kZeros), false));
  }
}

std::vector<uint32_t> OpenFrame::Complete() {
  std::vector<uint32_t> padded;
  if (!open_) return padded;
  if (headSent_ == 0) {
    open_ = false;
    return padded;
  }
  SendHead(owed() > 0);
  if (body_ != nullptr) {
    while (owed() > 0) Took(link_.WriteSome(body_ + bodySent_, static_cast<size_t>(owed()), false));
    return padded;
  }
  for (const Content& content : contents_) {
    if (content.end > bodySent_) padded.push_back(content.file);
  }
  PadUntil(0);
  return padded;
}

}  // namespace penstock
