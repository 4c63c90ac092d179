#include "wire/aead.h"

#include "platform.h"
// After platform.h, which brings in windows.h.
#include <bcrypt.h>

#include <array>
#include <cstring>

namespace penstock {
namespace {

bool Succeeded(NTSTATUS status) { return status >= 0; }

/** The calls take pointers to what they may write, and only read what these point to. */
PUCHAR ForReading(const void* bytes) { return static_cast<PUCHAR>(const_cast<void*>(bytes)); }

BCRYPT_ALG_HANDLE OpenProvider() {
  BCRYPT_ALG_HANDLE provider = nullptr;
  if (!Succeeded(::BCryptOpenAlgorithmProvider(&provider, BCRYPT_AES_ALGORITHM, nullptr, 0))) return nullptr;
  const auto mode = ForReading(BCRYPT_CHAIN_MODE_GCM);
  if (Succeeded(::BCryptSetProperty(provider, BCRYPT_CHAINING_MODE, mode, sizeof(BCRYPT_CHAIN_MODE_GCM), 0))) {
    return provider;
  }
  ::BCryptCloseAlgorithmProvider(provider, 0);
  return nullptr;
}

/** For all threads and keys. Never closed: other threads may still use it while the process exits. */
BCRYPT_ALG_HANDLE Provider() {
  static const BCRYPT_ALG_HANDLE provider = OpenProvider();
  return provider;
}

struct DestroyKey {
  using pointer = BCRYPT_KEY_HANDLE;
  void operator()(BCRYPT_KEY_HANDLE key) const { ::BCryptDestroyKey(key); }
};

class CngAead : public Aead {
 public:
  explicit CngAead(const uint8_t* key) {
    BCRYPT_KEY_HANDLE made = nullptr;
    const auto bytes = ForReading(key);
    if (Succeeded(::BCryptGenerateSymmetricKey(Provider(), &made, nullptr, 0, bytes, kAeadKeyBytes, 0))) {
      key_.reset(made);
    }
  }
  bool ready() const { return key_ != nullptr; }

  bool Seal(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size, uint8_t last,
            uint8_t* out) override {
    // The call takes one buffer and may encrypt in place.
    std::memcpy(out, in, size);
    out[size] = last;
    const auto length = static_cast<ULONG>(size + 1);
    std::array<uint8_t, kAeadTagBytes> tag{};
    auto mode = Mode(nonce, aad, aadSize, tag.data());
    ULONG written = 0;
    if (!Succeeded(::BCryptEncrypt(key_.get(), out, length, &mode, nullptr, 0, out, length, &written, 0))) return false;
    std::memcpy(out + length, tag.data(), tag.size());
    return written == length;
  }

  bool Open(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size,
            uint8_t* out) override {
    if (size < kAeadTagBytes) return false;
    const auto length = static_cast<ULONG>(size - kAeadTagBytes);
    std::array<uint8_t, kAeadTagBytes> tag{};
    std::memcpy(tag.data(), in + length, tag.size());
    auto mode = Mode(nonce, aad, aadSize, tag.data());
    ULONG written = 0;
    const auto bytes = ForReading(in);
    return Succeeded(::BCryptDecrypt(key_.get(), bytes, length, &mode, nullptr, 0, out, length, &written, 0)) &&
           written == length;
  }

 private:
  static BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO Mode(const uint8_t* nonce, const uint8_t* aad, size_t aadSize,
                                                    uint8_t* tag) {
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO mode;
    BCRYPT_INIT_AUTH_MODE_INFO(mode);
    mode.pbNonce = ForReading(nonce);
    mode.cbNonce = kAeadNonceBytes;
    mode.pbAuthData = ForReading(aad);
    mode.cbAuthData = static_cast<ULONG>(aadSize);
    mode.pbTag = tag;
    mode.cbTag = kAeadTagBytes;
    return mode;
  }

  std::unique_ptr<void, DestroyKey> key_;
};

}  // namespace

std::unique_ptr<Aead> MakeAead(const uint8_t* key) {
  if (Provider() == nullptr) return nullptr;
  auto aead = std::make_unique<CngAead>(key);
  if (!aead->ready()) return nullptr;
  return aead;
}

const std::string& CipherLibrary() {
  static const std::string name = Provider() == nullptr ? "" : "bcrypt.dll";
  return name;
}

}  // namespace penstock
