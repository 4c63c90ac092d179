// Invariant: the cipher and its records are those of the standards, content is the same after sealing and opening, and a
// record opens exactly when its inside is legal.
#include <array>
#include <string>
#include <thread>

#include "cases/cases.h"
#include "check.h"
#include "record_bytes.h"

namespace driver {
namespace {

using namespace penstock;

// Test cases 2, 3 and 4 of McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, which NIST's submission
// has.
struct Known {
  const char* key;
  const char* nonce;
  const char* aad;
  const char* content;
  const char* sealed;
};
constexpr Known kKnown[] = {
    {"00000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000",
     "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
    {"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b391aafd255",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
     "3d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4"},
    {"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
     "3d58e0915bc94fbc3221a5db94fae95ae7121a47"},
};

void KnownCiphers() {
  for (const Known& known : kKnown) {
    const Bytes key = FromHex(known.key), nonce = FromHex(known.nonce), aad = FromHex(known.aad);
    const Bytes content = FromHex(known.content), sealed = FromHex(known.sealed);
    const auto aead = MakeAead(key.data());
    Check(aead != nullptr, "there is a cipher library");
    // Twice under one key: only the nonce is set again.
    for (int round = 0; round < 2; ++round) {
      Bytes made(sealed.size()), opened(content.size());
      Check(aead->Seal(nonce.data(), aad.data(), aad.size(), content.data(), content.size() - 1, content.back(),
                       made.data()),
            "the library encrypts");
      Check(made == sealed, "the published ciphertext and tag");
      Check(aead->Open(nonce.data(), aad.data(), aad.size(), sealed.data(), sealed.size(), opened.data()),
            "the published tag is right");
      Check(opened == content, "the published plaintext");
    }
    Bytes opened(sealed.size());
    for (size_t size = 0; size < sealed.size(); ++size) {
      Check(!aead->Open(nonce.data(), aad.data(), aad.size(), sealed.data(), size, opened.data()),
            "cut to " + std::to_string(size));
    }
  }
}

RecordKeys KeysFrom(const char* key, const char* iv) {
  RecordKeys keys{};
  const Bytes keyBytes = FromHex(key), ivBytes = FromHex(iv);
  std::copy(keyBytes.begin(), keyBytes.end(), keys.key.begin());
  std::copy(ivBytes.begin(), ivBytes.end(), keys.iv.begin());
  return keys;
}

// RFC 8448 §3, from the traffic keys for application data on.
void PublishedRecords() {
  Bytes content(50);
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<uint8_t>(i);

  const auto client = KeysFrom("17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9");
  const Bytes first = FromHex(
      "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2"
      "977014bd1e3deae63aeebb21694915e4");
  auto sealer = SealerOf(client);
  Check(Seal(sealer, content) == first, "the client's record is made");
  auto opener = OpenerOf(client);
  Check(Open(opener, first) == content, "the client's record opens");
  // The client's next record is an alert, a content type that these streams do not have.
  Check(!Open(opener, FromHex("1703030013c9872760655666b74d7ff1153efd6db6d0b0e3")), "an alert is refused");

  // The server's record is its second: the sequence number goes into the last byte of the iv.
  auto server = OpenerOf(KeysFrom("9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e985"));
  const Bytes second = FromHex(
      "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a2"
      "1c0047c2abf332540dd032e167c2955d");
  Check(Open(server, second) == content, "the server's record opens");
}

void GoldenRecords(const char* path) {
  const std::string text = ReadText(path);
  size_t at = 0;
  int records = 0;
  for (std::string name = NextString(text, "name", &at); !name.empty(); name = NextString(text, "name", &at)) {
    if (name != "SEALED") continue;
    const Bytes record = FromHex(NextString(text, "hex", &at));
    const std::string key = NextString(text, "key", &at);
    const std::string iv = NextString(text, "iv", &at);
    const Bytes content = FromHex(NextString(text, "content", &at));
    auto sealer = SealerOf(KeysFrom(key.c_str(), iv.c_str()));
    Check(Seal(sealer, content) == record, "the golden record is made");
    auto opener = OpenerOf(KeysFrom(key.c_str(), iv.c_str()));
    Check(Open(opener, record) == content, "the golden record opens");
    ++records;
  }
  Check(records == 2, "golden.json has a record of each side");
}

void EverySize() {
  std::mt19937 random(Seed());
  auto sealer = SealerOf(SomeKeys());
  auto opener = OpenerOf(SomeKeys());
  std::vector<size_t> sizes;
  for (size_t size = 1; size < 300; ++size) sizes.push_back(size);
  for (size_t size = kRecordContentBytes - 40; size <= kRecordContentBytes; ++size) sizes.push_back(size);
  uint64_t count = 0;
  for (const size_t size : sizes) {
    const Bytes content = RandomBytes(random, size);
    const Bytes record = Seal(sealer, content);
    Check(record.size() <= kRecordBytes, "no record is longer than kRecordBytes");
    for (size_t have = 0; have < kRecordHeaderBytes; ++have) {
      Check(RecordOpener::SizeOf(record.data(), have) == size_t{0}, "a header that is not whole has no size yet");
    }
    Check(RecordOpener::SizeOf(record.data(), kRecordHeaderBytes) == record.size(), "the header has the size");
    Check(Open(opener, record) == content, "content of " + std::to_string(size));
    Check(sealer.records() == ++count && opener.records() == count, "records are counted");
  }
}

void EveryHeader() {
  Bytes header = {23, 3, 3, 0, 17};
  const auto size = [&header] { return RecordOpener::SizeOf(header.data(), header.size()); };
  for (size_t length = 0; length <= 0xffff; ++length) {
    header[3] = static_cast<uint8_t>(length >> 8);
    header[4] = static_cast<uint8_t>(length);
    const bool legal = length >= 17 && length <= 16384 + 1 + 16;
    Check(size() == (legal ? std::optional<size_t>(5 + length) : std::nullopt), "length " + std::to_string(length));
  }
  header = {23, 3, 3, 0, 17};
  for (size_t at = 0; at < 3; ++at) {
    for (int value = 0; value < 256; ++value) {
      Bytes other = header;
      other[at] = static_cast<uint8_t>(value);
      Check(RecordOpener::SizeOf(other.data(), other.size()).has_value() == (other == header), "type and version");
    }
  }
}

void EveryTypeAndPadding() {
  const RecordKeys keys = SomeKeys();
  const Bytes content = {0, 1, 0, 0};
  for (int type = 0; type < 256; ++type) {
    const Bytes typed = content + Bytes{static_cast<uint8_t>(type)};
    for (const size_t padding :
         {size_t{0}, size_t{1}, size_t{15}, size_t{16}, kRecordContentBytes + 1 - typed.size()}) {
      auto opener = OpenerOf(keys);
      const auto opened = Open(opener, RecordOf(keys, 0, typed + Bytes(padding, 0)));
      // With 0 for a type, the last byte of the content that is not 0 is read as the type.
      Check(type == 23 ? opened == content : !opened, "type " + std::to_string(type));
    }
  }
  for (const size_t size : {size_t{1}, size_t{2}, size_t{16}, size_t{17}, kRecordContentBytes + 1}) {
    auto opener = OpenerOf(keys);
    Check(!Open(opener, RecordOf(keys, 0, Bytes(size, 0))), "padding alone");
  }
  // A byte of padding more than the longest record has.
  auto opener = OpenerOf(keys);
  Check(!Open(opener, RecordOf(keys, 0, Bytes{23} + Bytes(kRecordContentBytes + 1, 0))), "longer than legal");
}

void EmptyRecords() {
  const RecordKeys keys = SomeKeys();
  auto opener = OpenerOf(keys);
  uint64_t sequence = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kMaxEmptyRecords; ++i) {
      // With padding and without.
      const Bytes inner = Bytes{23} + Bytes(static_cast<size_t>(i), 0);
      Check(Open(opener, RecordOf(keys, sequence++, inner)) == Bytes{}, "an empty record opens");
    }
    Check(Open(opener, RecordOf(keys, sequence++, {7, 23})) == Bytes{7}, "content begins the count again");
  }
  for (int i = 0; i < kMaxEmptyRecords; ++i) {
    Check(Open(opener, RecordOf(keys, sequence++, {23})) == Bytes{}, "an empty record opens");
  }
  Check(!Open(opener, RecordOf(keys, sequence++, {23})), "one empty record too many");
  Check(!Open(opener, RecordOf(keys, sequence - 1, {7, 23})), "nothing opens after it");
}

class BrokenAead : public Aead {
 public:
  bool Seal(const uint8_t*, const uint8_t*, size_t, const uint8_t*, size_t, uint8_t, uint8_t*) override {
    return false;
  }
  bool Open(const uint8_t*, const uint8_t*, size_t, const uint8_t*, size_t, uint8_t*) override { return false; }
};

void BrokenLibrary() {
  const RecordKeys keys = SomeKeys();
  RecordSealer sealer(std::make_unique<BrokenAead>(), keys);
  Bytes record(kRecordBytes);
  Check(sealer.Seal(keys.iv.data(), keys.iv.size(), record.data()) == 0, "a record that cannot be made has no size");
  Check(sealer.records() == 1, "its nonce is not used again");
  RecordOpener opener(std::make_unique<BrokenAead>(), keys);
  Check(!Open(opener, RecordOf(keys, 0, {7, 23})), "a record that cannot be opened has no content");
}

// Each stream has a thread of its own; the library is looked up by the first.
void ManyThreads() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      Check(!CipherLibrary().empty(), "the library has a name");
      RecordKeys keys = SomeKeys();
      keys.key[0] = static_cast<uint8_t>(i);
      auto sealer = SealerOf(keys);
      auto opener = OpenerOf(keys);
      const Bytes content(1000, static_cast<uint8_t>(i));
      for (int round = 0; round < 200; ++round) Check(Open(opener, Seal(sealer, content)) == content, "in a thread");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

void Records(const char* goldenPath) {
  ManyThreads();
  KnownCiphers();
  PublishedRecords();
  GoldenRecords(goldenPath);
  EverySize();
  EveryHeader();
  EveryTypeAndPadding();
  EmptyRecords();
  BrokenLibrary();
}

}  // namespace driver
