// sendmsg over mapped pieces of many files. Mappings are passed to the kernel and never read here: a page that is not
// available, of a truncated file or a failing disk, is EFAULT there and would be SIGBUS here.
#include "send/content/gather_batch.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "send/content/entry_source.h"
#include "send/techniques/send_technique.h"
#include "system/calls.h"

namespace penstock {
namespace {

/** Files of one call: below IOV_MAX everywhere, and no more than may be open at once. */
constexpr size_t kGroup = 256;
constexpr uint64_t kWindow = 64ull << 20;
/** Windows of one large file that stay mapped while its slices are sent: 2 GiB of addresses, no memory. */
constexpr size_t kWindows = 32;

const uint8_t kZeros[kSmallFileBytes] = {};

/** A mapping that unmaps itself. */
class Mapping {
 public:
  Mapping(Calls& calls, void* at, size_t size) : calls_(&calls), at_(at), size_(size) {}
  Mapping(Mapping&& other) noexcept
      : calls_(other.calls_), at_(std::exchange(other.at_, nullptr)), size_(other.size_) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(calls_, other.calls_);
    std::swap(at_, other.at_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping() {
    if (at_ != nullptr) calls_->Unmap(at_, size_);
  }
  uint8_t* data() const { return static_cast<uint8_t*>(at_); }

 private:
  Calls* calls_;
  void* at_;
  size_t size_;
};

/** A file that slices are taken out of, with the windows of it that are mapped. */
struct SlicedFile {
  SourcePath path;
  UniqueFd fd;
  uint64_t size = 0;
  std::vector<std::pair<uint64_t, Mapping>> windows;
};

class MappedGatherBatch final : public GatherBatch {
 public:
  MappedGatherBatch(SendSession& session, Link& link, OpenFrame& frame)
      : session_(session), link_(link), frame_(frame), calls_(link.calls()) {}
  ~MappedGatherBatch() override { CloseSliced(); }

  std::vector<Failure> Send(const std::vector<SourceFile>& files) override;

 private:
  /** One file of the current group. */
  struct Member {
    const SourceFile* file = nullptr;
    UniqueFd fd;
    Failure failure{};
    // Bytes that its mapping did not provide and a read did.
    uint64_t read = 0;
  };

  /** Whether the file may join the group: its slices are all of one file. */
  bool Joins(const SourceFile& file) const;
  void Take(const SourceFile& file);
  void TakeWhole(const SourceFile& file);
  void TakeSlice(const SourceFile& file);
  bool OpenSliced(const SourceFile& file);
  const uint8_t* Window(uint64_t start);
  void AddPart(const uint8_t* data, size_t size);
  /** The last member fails: zeros replace what it has promised, from the part at `first` on. */
  void Fail(size_t first, const Failure& failure);
  void SendGroup();
  Descriptor OpenedOf(const Member& member) const;
  void Unmapped();
  /** Reads the next bytes of a member into piece_; 0 if that fails, and the member with it. */
  size_t ReadInstead(Member& member, size_t size);
  /** Replaces the part at sent_ by these bytes, and inserts the rest of it after them. */
  void PutFirst(const uint8_t* data, size_t size);
  void Finish(std::vector<Failure>* failed);
  void CloseSliced();

  SendSession& session_;
  Link& link_;
  OpenFrame& frame_;
  Calls& calls_;
  std::vector<Member> members_;
  std::vector<Mapping> mappings_;
  std::vector<iovec> parts_;
  // The member that each part is of.
  std::vector<size_t> owners_;
  // First part that the connection has not taken whole.
  size_t sent_ = 0;
  SlicedFile sliced_;
  // Data that was read instead of a page that its mapping did not provide.
  std::vector<uint8_t> piece_;
};

std::vector<Failure> MappedGatherBatch::Send(const std::vector<SourceFile>& files) {
  std::vector<Failure> failed;
  for (size_t next = 0; next < files.size();) {
    link_.CheckStopping();
    for (; next < files.size() && members_.size() < kGroup && Joins(files[next]); ++next) Take(files[next]);
    SendGroup();
    Finish(&failed);
  }
  return failed;
}

bool MappedGatherBatch::Joins(const SourceFile& file) const {
  return members_.empty() || !file.slice || file.path == sliced_.path;
}

void MappedGatherBatch::Take(const SourceFile& file) {
  members_.emplace_back();
  members_.back().file = &file;
  if (file.slice) TakeSlice(file);
  else TakeWhole(file);
}

void MappedGatherBatch::AddPart(const uint8_t* data, size_t size) {
  parts_.push_back({const_cast<uint8_t*>(data), size});
  owners_.push_back(members_.size() - 1);
}

// Zeros from the start: the table of the frame has promised the length.
void MappedGatherBatch::Fail(size_t first, const Failure& failure) {
  members_.back().failure = failure.of(members_.back().file->index);
  parts_.resize(first);
  owners_.resize(first);
  for (uint64_t left = members_.back().file->size; left > 0;) {
    const size_t size = std::min<uint64_t>(left, sizeof kZeros);
    AddPart(kZeros, size);
    left -= size;
  }
}

void MappedGatherBatch::TakeWhole(const SourceFile& file) {
  UniqueFd& fd = members_.back().fd;
  fd.reset(calls_.OpenSource(file.path));
  if (!fd.valid()) return Fail(parts_.size(), SourceFailure(errno, "openat"));
  if (file.size == 0) return;
  void* at = calls_.Map(fd.get(), file.size, 0);
  if (at == nullptr) return Fail(parts_.size(), SourceFailure(errno, "mmap"));
  mappings_.emplace_back(calls_, at, file.size);
  AddPart(static_cast<const uint8_t*>(at), file.size);
}

void MappedGatherBatch::TakeSlice(const SourceFile& file) {
  if (!OpenSliced(file)) return;
  if (file.offset + file.size > sliced_.size) return Fail(parts_.size(), {Code::kFileShrank});
  const uint64_t end = file.offset + file.size;
  const uint64_t needed = file.size / kWindow + 2;
  if (sliced_.windows.size() + needed > kWindows) {
    // Parts of the group are in these windows.
    SendGroup();
    sliced_.windows.clear();
  }
  const size_t first = parts_.size();
  for (uint64_t at = file.offset; at < end;) {
    const uint64_t start = at - at % kWindow;
    const uint8_t* window = Window(start);
    if (window == nullptr) return Fail(first, SourceFailure(errno, "mmap"));
    const size_t size = std::min(end, start + kWindow) - at;
    AddPart(window + (at - start), size);
    at += size;
  }
}

bool MappedGatherBatch::OpenSliced(const SourceFile& file) {
  if (sliced_.fd.valid() && sliced_.path == file.path) return true;
  CloseSliced();
  sliced_.fd.reset(calls_.OpenSource(file.path));
  FileFacts facts;
  if (!sliced_.fd.valid() || calls_.Facts(sliced_.fd.get(), &facts) != 0) {
    Fail(parts_.size(), SourceFailure(errno, "openat"));
    return false;
  }
  sliced_.path = file.path;
  sliced_.size = facts.size;
  return true;
}

const uint8_t* MappedGatherBatch::Window(uint64_t start) {
  for (const auto& [from, mapping] : sliced_.windows) {
    if (from == start) return mapping.data();
  }
  const size_t size = std::min(kWindow, sliced_.size - start);
  void* at = calls_.Map(sliced_.fd.get(), size, start);
  if (at == nullptr) return nullptr;
  sliced_.windows.emplace_back(start, Mapping(calls_, at, size));
  return sliced_.windows.back().second.data();
}

void MappedGatherBatch::SendGroup() {
  size_t atOnce = kGroup;
  while (sent_ < parts_.size()) {
    const size_t count = std::min(atOnce, parts_.size() - sent_);
    if (frame_.SendMapped(&parts_[sent_], count, &sent_)) continue;
    // EFAULT does not name the part: send them one by one until it is found.
    if (count == 1) Unmapped();
    atOnce = count == 1 ? kGroup : 1;
  }
  parts_.clear();
  owners_.clear();
  sent_ = 0;
}

Descriptor MappedGatherBatch::OpenedOf(const Member& member) const {
  return member.file->slice ? sliced_.fd.get() : member.fd.get();
}

// A page of the part at sent_ is not available by its mapping. Where a read fails too, zeros are sent.
void MappedGatherBatch::Unmapped() {
  Member& member = members_[owners_[sent_]];
  const size_t size = std::min(parts_[sent_].iov_len, sizeof kZeros);
  const size_t got = member.failure ? 0 : ReadInstead(member, size);
  if (got > 0) PutFirst(piece_.data(), got);
  else PutFirst(kZeros, size);
}

// EFAULT does not give the reason; a read of the file does, as after the mapping of a single file.
size_t MappedGatherBatch::ReadInstead(Member& member, size_t size) {
  const Descriptor fd = OpenedOf(member);
  const uint64_t end = member.file->offset + member.file->size;
  if (IsCutShort(calls_, SourceView{fd, 0, end})) {
    member.failure = {Code::kFileShrank, EFAULT, "sendmsg"};
    return 0;
  }
  uint64_t at = end;
  for (size_t i = sent_; i < parts_.size() && owners_[i] == owners_[sent_]; ++i) at -= parts_[i].iov_len;
  piece_.resize(sizeof kZeros);
  ssize_t got = 0;
  do {
    got = calls_.Pread(fd, piece_.data(), size, at);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    member.failure = got < 0 ? SourceFailure(errno, "pread64") : Failure{Code::kFileShrank, 0, "pread64"};
    return 0;
  }
  const auto read = static_cast<size_t>(got);
  member.read += read;
  Counters::Add(calls_.counters().userCopyBytes, read);
  session_.NoteFellBack(Technique::kGather, {Code::kNone, EFAULT, "sendmsg"});
  return read;
}

void MappedGatherBatch::PutFirst(const uint8_t* data, size_t size) {
  iovec& part = parts_[sent_];
  const iovec rest{static_cast<uint8_t*>(part.iov_base) + size, part.iov_len - size};
  part = {const_cast<uint8_t*>(data), size};
  if (rest.iov_len == 0) return;
  const auto at = static_cast<std::ptrdiff_t>(sent_) + 1;
  parts_.insert(parts_.begin() + at, rest);
  owners_.insert(owners_.begin() + at, owners_[sent_]);
}

void MappedGatherBatch::Finish(std::vector<Failure>* failed) {
  FileFacts facts;
  // The slices of a group belong to one file and were sent together: one look at it is enough.
  bool known = false;
  for (Member& member : members_) {
    const SourceFile& file = *member.file;
    if (!member.failure && !(file.slice && known)) {
      if (calls_.Facts(OpenedOf(member), &facts) != 0) {
        member.failure = SourceFailure(errno, "statx");
      } else {
        known = file.slice;
      }
    }
    if (!member.failure) member.failure.code = ChangeOf(file, facts);
    if (!member.failure) {
      calls_.counters().Moved(Technique::kGather, file.size - member.read);
      if (member.read > 0) calls_.counters().Moved(Technique::kReadWrite, member.read);
    } else {
      failed->push_back(member.failure.of(file.index));
    }
    if (member.fd.valid()) calls_.Close(member.fd.release());
  }
  members_.clear();
  mappings_.clear();
}

void MappedGatherBatch::CloseSliced() {
  sliced_.windows.clear();
  if (sliced_.fd.valid()) calls_.Close(sliced_.fd.release());
  sliced_.path = {};
}

}  // namespace

std::unique_ptr<GatherBatch> MakeGatherBatch(SendSession& session, Link& link, OpenFrame& frame) {
  return std::make_unique<MappedGatherBatch>(session, link, frame);
}

}  // namespace penstock
