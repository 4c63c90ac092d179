// Invariant: of any stream of records, authentic, forged or out of place, exactly those open that were sealed with these
// keys for their place and are legal inside, and only up to the first one that fails. The input is a program that makes
// the stream, so that it gets past the tag; a model without a cipher computes what must open.
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "record_bytes.h"

namespace {

using namespace penstock;
using driver::Bytes;
using driver::operator+;

void Expect(bool holds) {
  if (!holds) std::abort();
}

/** The input, from which zeros come once it is used up. */
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  size_t Number() {
    const size_t low = Byte();
    return low | size_t{Byte()} << 8;
  }
  uint8_t Byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  Bytes Take(size_t count) {
    count = std::min(count, size_);
    const Bytes taken(data_, data_ + count);
    data_ += count;
    size_ -= count;
    return taken;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

/** The cipher of one key for all inputs, because to set its key takes longer than an input does. */
class SharedAead : public Aead {
 public:
  bool Seal(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size, uint8_t last,
            uint8_t* out) override {
    return Cipher().Seal(nonce, aad, aadSize, in, size, last, out);
  }
  bool Open(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size,
            uint8_t* out) override {
    return Cipher().Open(nonce, aad, aadSize, in, size, out);
  }

 private:
  static Aead& Cipher() {
    static const std::unique_ptr<Aead> cipher = MakeAead(driver::SomeKeys().key.data());
    Expect(cipher != nullptr);
    return *cipher;
  }
};

struct Sealed {
  uint64_t sequence = 0;
  Bytes inner;
  Bytes record;
};

/** Another iv for each input: else the fuzzer finds records in what the model compares, and puts them into an input. */
RecordKeys KeysFor(const uint8_t* data, size_t size) {
  RecordKeys keys = driver::SomeKeys();
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ data[i]) * 0x100000001b3;
  for (size_t i = 0; i < 8; ++i) keys.iv[i] ^= static_cast<uint8_t>(hash >> (8 * i));
  return keys;
}

/** A stream, and what was sealed for it. */
struct Stream {
  RecordKeys keys{};
  std::vector<Sealed> sealed;
  Bytes bytes;
  uint64_t sequence = 0;

  void Append(const Bytes& more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
  void AppendSealed(Bytes inner) {
    static SharedAead aead;
    Bytes record = driver::RecordOf(keys, sequence, inner, aead);
    sealed.push_back({sequence, std::move(inner), std::move(record)});
    ++sequence;
    Append(sealed.back().record);
  }
};

constexpr size_t kMostBytes = 40 << 10;

Stream StreamOf(const RecordKeys& keys, Input input) {
  Stream stream;
  stream.keys = keys;
  while (!input.empty() && stream.bytes.size() < kMostBytes) {
    const uint8_t what = input.Byte();
    const auto place = [&] { return static_cast<std::ptrdiff_t>(input.Number() % (stream.bytes.size() + 1)); };
    switch (what & 7) {
      case 0:  // A legal record.
        stream.AppendSealed(input.Take(what >> 3) + Bytes{23});
        break;
      case 1: {  // Any type, and padding.
        const Bytes content = input.Take(what >> 3);
        const Bytes type = {input.Byte()};
        stream.AppendSealed(content + type + Bytes(input.Byte(), 0));
        break;
      }
      case 2: {  // Zeros, which are no padding before the type; sometimes up to two bytes more of them than is legal.
        const size_t zeros = what >> 3 == 0 ? kRecordContentBytes - 2 + input.Byte() % 5 : what >> 3;
        stream.AppendSealed(Bytes(zeros, 0) + Bytes{23});
        break;
      }
      case 3:  // Bytes that are none.
        stream.Append(input.Take(what >> 3));
        break;
      case 4: {
        const auto at = place();
        if (at < static_cast<std::ptrdiff_t>(stream.bytes.size()))
          stream.bytes[static_cast<size_t>(at)] ^= static_cast<uint8_t>(1u << (what >> 3) % 8);
        break;
      }
      case 5: {
        const auto from = stream.bytes.begin() + place();
        stream.bytes.erase(from, from + std::min<std::ptrdiff_t>(what >> 3, stream.bytes.end() - from));
        break;
      }
      case 6:  // A record again.
        if (!stream.sealed.empty()) stream.Append(stream.sealed[(what >> 3) % stream.sealed.size()].record);
        break;
      default:  // A gap, or many empty records.
        if (what >> 3 != 0) stream.sequence += what >> 3;
        else
          for (int count = input.Byte() % 80; count > 0; --count) stream.AppendSealed({23});
    }
  }
  return stream;
}

std::optional<size_t> SizeByTheRules(const uint8_t* bytes, size_t have) {
  if (have < 5) return 0;
  const size_t length = size_t{bytes[3]} * 256 + bytes[4];
  if (bytes[0] != 23 || bytes[1] != 3 || bytes[2] != 3 || length < 17 || length > 16401) return std::nullopt;
  return 5 + length;
}

struct Span {
  const uint8_t* data = nullptr;
  size_t size = 0;
};

bool Equal(const std::optional<Span>& left, const std::optional<Span>& right) {
  if (!left || !right) return !left && !right;
  return std::equal(left->data, left->data + left->size, right->data, right->data + right->size);
}

/** Computes what must open. */
class Model {
 public:
  explicit Model(const std::vector<Sealed>& sealed) : sealed_(sealed) {}
  uint64_t opened() const { return sequence_; }

  std::optional<Span> Open(const Span& record) {
    const auto content = failed_ ? std::nullopt : ContentOf(record);
    failed_ = !content;
    if (content) ++sequence_;
    return content;
  }

 private:
  std::optional<Span> ContentOf(const Span& record) {
    const auto is = [&](const Sealed& one) {
      return one.sequence == sequence_ && Equal(Span{one.record.data(), one.record.size()}, record);
    };
    const auto found = std::find_if(sealed_.begin(), sealed_.end(), is);
    if (found == sealed_.end() || record.size > 5 + 16401) return std::nullopt;
    const auto type = std::find_if(found->inner.rbegin(), found->inner.rend(), [](uint8_t byte) { return byte != 0; });
    if (type == found->inner.rend() || *type != 23) return std::nullopt;
    const auto size = static_cast<size_t>(found->inner.rend() - type) - 1;
    empty_ = size == 0 ? empty_ + 1 : 0;
    if (empty_ > 64) return std::nullopt;
    return Span{found->inner.data(), size};
  }

  const std::vector<Sealed>& sealed_;
  uint64_t sequence_ = 0;
  int empty_ = 0;
  bool failed_ = false;
};

/** Bytes that must not be touched while this lives; the first ones of these are enough. */
class Forbidden {
 public:
  explicit Forbidden(const Span& bytes) : bytes_{bytes.data, std::min<size_t>(bytes.size, 64)} {
    ASAN_POISON_MEMORY_REGION(bytes_.data, bytes_.size);
  }
  ~Forbidden() { ASAN_UNPOISON_MEMORY_REGION(bytes_.data, bytes_.size); }
  Forbidden(const Forbidden&) = delete;
  Forbidden& operator=(const Forbidden&) = delete;

 private:
  Span bytes_;
};

/** Room for the content of the longest thing that is given to Open(). */
uint8_t room[kMostBytes + 2 * kRecordBytes];

/** Opens with all that lies behind the record, and behind the room that its content may take, forbidden. */
std::optional<Span> OpenExactly(RecordOpener& opener, const Span& record, size_t behind) {
  const Forbidden after(Span{record.data + record.size, behind});
  const size_t may = record.size > 21 ? record.size - 21 : 0;
  const Forbidden beyond(Span{room + may, sizeof room - may});
  const auto size = opener.Open(record.data, record.size, room);
  if (!size) return std::nullopt;
  Expect(*size <= may);
  return Span{room, *size};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const RecordKeys keys = KeysFor(data, size);
  const Stream stream = StreamOf(keys, Input(data, size));
  // Ends where the stream does, so that the sanitizer sees a byte read behind it.
  const std::unique_ptr<uint8_t[]> bytes(new uint8_t[stream.bytes.size()]);
  std::copy(stream.bytes.begin(), stream.bytes.end(), bytes.get());
  Model model(stream.sealed);
  RecordOpener opener(std::make_unique<SharedAead>(), keys);
  for (size_t at = 0;;) {
    const uint8_t* head = bytes.get() + at;
    const size_t have = stream.bytes.size() - at;
    const auto whole = RecordOpener::SizeOf(head, have);
    Expect(whole == SizeByTheRules(head, have));
    // An incomplete or malformed record is passed as it is: it does not open, and nothing opens after it.
    const bool record = whole && *whole > 0 && *whole <= have;
    const Span given{head, record ? *whole : have};
    Expect(Equal(OpenExactly(opener, given, have - given.size), model.Open(given)));
    Expect(opener.records() == model.opened());
    if (!record) return 0;
    at += given.size;
  }
}
