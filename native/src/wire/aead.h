// Authenticated encryption, by the machine's own cipher library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace penstock {

constexpr size_t kAeadKeyBytes = 16;
constexpr size_t kAeadNonceBytes = 12;
constexpr size_t kAeadTagBytes = 16;

/** AES-128-GCM under one key. Belongs to one thread. */
class Aead {
 public:
  virtual ~Aead() = default;
  /**
   * Encrypts `size` bytes and the byte `last`; writes size + 1 + kAeadTagBytes bytes to `out`. `in` and `out` do not
   * overlap. False: the library failed.
   */
  virtual bool Seal(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size,
                    uint8_t last, uint8_t* out) = 0;
  /**
   * Decrypts `size` bytes, tag included; writes size - kAeadTagBytes bytes to `out`. `in` and `out` do not overlap.
   * False if the tag is wrong: what was written to `out` must not be used.
   */
  virtual bool Open(const uint8_t* nonce, const uint8_t* aad, size_t aadSize, const uint8_t* in, size_t size,
                    uint8_t* out) = 0;
};

/** Null if this machine has no cipher library, or if it fails. */
std::unique_ptr<Aead> MakeAead(const uint8_t* key);

/** The library's file name as it was opened, e.g. "libcrypto.so.3"; empty if there is none. Looked up once a process. */
const std::string& CipherLibrary();

}  // namespace penstock
