#include "wire/aead.h"

#include <dlfcn.h>

#include <array>

// This is compiled without the library's headers, which a user's machine need not have: its types stay incomplete.
extern "C" {
struct evp_cipher_ctx_st;
struct evp_cipher_st;
struct engine_st;
}

namespace penstock {
namespace {

// The sanitizers refuse DEEPBIND, since it hides their malloc from the library. Their builds run outside of Node, whose
// own copy of the library is what DEEPBIND keeps away.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PENSTOCK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PENSTOCK_SANITIZED 1
#endif
#endif
#ifdef PENSTOCK_SANITIZED
constexpr int kDeepBind = 0;
#else
constexpr int kDeepBind = RTLD_DEEPBIND;
#endif

// The calls below are the same in both. 1.1 is what older systems have.
constexpr const char* kNames[] = {"libcrypto.so.3", "libcrypto.so.1.1"};

// Values of openssl/crypto.h and openssl/evp.h.
constexpr uint64_t kInitNoLoadConfig = 0x80;
constexpr uint64_t kInitNoAtExit = 0x80000;
constexpr int kCtrlGetTag = 0x10;
constexpr int kCtrlSetTag = 0x11;
constexpr int kKeepDirection = -1;

/** What is used of the library. `name` is empty if it cannot be had. */
struct LibCrypto {
  std::string name;
  int (*init)(uint64_t options, const void* settings) = nullptr;
  const evp_cipher_st* (*aes128Gcm)() = nullptr;
  evp_cipher_ctx_st* (*newContext)() = nullptr;
  void (*freeContext)(evp_cipher_ctx_st*) = nullptr;
  int (*cipherInit)(evp_cipher_ctx_st*, const evp_cipher_st*, engine_st*, const uint8_t* key, const uint8_t* iv,
                    int encrypt) = nullptr;
  int (*control)(evp_cipher_ctx_st*, int type, int size, void* value) = nullptr;
  int (*update)(evp_cipher_ctx_st*, uint8_t* out, int* written, const uint8_t* in, int size) = nullptr;
  int (*finish)(evp_cipher_ctx_st*, uint8_t* out, int* written) = nullptr;
};

template <typename Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  return *function != nullptr;
}

bool FindAll(void* library, LibCrypto* calls) {
  return Find(library, "OPENSSL_init_crypto", &calls->init) && Find(library, "EVP_aes_128_gcm", &calls->aes128Gcm) &&
         Find(library, "EVP_CIPHER_CTX_new", &calls->newContext) &&
         Find(library, "EVP_CIPHER_CTX_free", &calls->freeContext) &&
         Find(library, "EVP_CipherInit_ex", &calls->cipherInit) &&
         Find(library, "EVP_CIPHER_CTX_ctrl", &calls->control) && Find(library, "EVP_CipherUpdate", &calls->update) &&
         Find(library, "EVP_CipherFinal_ex", &calls->finish);
}

LibCrypto Load() {
  for (const char* name : kNames) {
    // Never closed: threads that end later still run its destructors.
    void* library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL | kDeepBind);
    LibCrypto calls;
    if (library == nullptr || !FindAll(library, &calls)) continue;
    // No file of the machine may replace the cipher, and other threads may still use it while the process exits.
    if (calls.init(kInitNoLoadConfig | kInitNoAtExit, nullptr) != 1) continue;
    calls.name = name;
    return calls;
  }
  return {};
}

const LibCrypto& Library() {
  static const LibCrypto library = Load();
  return library;
}

enum class Way : int { kDecrypt = 0, kEncrypt = 1 };

/** AES-128-GCM in one direction, its key schedule set once. */
class Gcm {
 public:
  Gcm(const LibCrypto& library, const uint8_t* key, Way way)
      : library_(library), context_(library.newContext(), library.freeContext) {
    ready_ = context_ != nullptr && library_.cipherInit(context_.get(), library_.aes128Gcm(), nullptr, key, nullptr,
                                                        static_cast<int>(way)) == 1;
  }
  bool ready() const { return ready_; }

  bool Begin(const uint8_t* nonce, const uint8_t* aad, size_t size) {
    return library_.cipherInit(context_.get(), nullptr, nullptr, nullptr, nonce, kKeepDirection) == 1 &&
           Update(nullptr, aad, size);
  }
  /** With `out` null `in` is authenticated and not encrypted. */
  bool Update(uint8_t* out, const uint8_t* in, size_t size) {
    int written = 0;
    return library_.update(context_.get(), out, &written, in, static_cast<int>(size)) == 1;
  }
  bool Finish() {
    int written = 0;
    // GCM writes nothing here.
    std::array<uint8_t, kAeadTagBytes> none{};
    return library_.finish(context_.get(), none.data(), &written) == 1;
  }
  bool GetTag(uint8_t* tag) {
    return library_.control(context_.get(), kCtrlGetTag, static_cast<int>(kAeadTagBytes), tag) == 1;
  }
  bool SetTag(const uint8_t* tag) {
    // The library takes a pointer to what it may write, and only reads it.
    std::array<uint8_t, kAeadTagBytes> copy{};
    for (size_t i = 0; i < copy.size(); ++i) copy[i] = tag[i];
    return library_.control(context_.get(), kCtrlSetTag, static_cast<int>(kAeadTagBytes), copy.data()) == 1;
  }

 private:
  const LibCrypto& library_;
  std::unique_ptr<evp_cipher_ctx_st, void (*)(evp_cipher_ctx_st*)> context_;
  bool ready_ = false;
};

class LibCryptoAead : public Aead {
 public:
  LibCryptoAead(const LibCrypto& library, const uint8_t* key)
      : encrypt_(library, key, Way::kEncrypt), decrypt_(library, key, Way::kDecrypt) {}
  bool ready() const { return encrypt_.ready() && decrypt_.ready(); }

  bool Seal(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size, uint8_t last,
            uint8_t* out) override {
    return encrypt_.Begin(nonce, aad, aadSize) && encrypt_.Update(out, in, size) &&
           encrypt_.Update(out + size, &last, 1) && encrypt_.Finish() && encrypt_.GetTag(out + size + 1);
  }

  bool Open(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size,
            uint8_t* out) override {
    if (size < kAeadTagBytes) return false;
    const size_t content = size - kAeadTagBytes;
    return decrypt_.Begin(nonce, aad, aadSize) && decrypt_.SetTag(in + content) && decrypt_.Update(out, in, content) &&
           decrypt_.Finish();
  }

 private:
  Gcm encrypt_;
  Gcm decrypt_;
};

}  // namespace

std::unique_ptr<Aead> MakeAead(const uint8_t* key) {
  const LibCrypto& library = Library();
  if (library.name.empty()) return nullptr;
  auto aead = std::make_unique<LibCryptoAead>(library, key);
  if (!aead->ready()) return nullptr;
  return aead;
}

const std::string& CipherLibrary() { return Library().name; }

}  // namespace penstock
