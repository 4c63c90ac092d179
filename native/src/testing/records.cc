// The records of sealed streams as JavaScript functions, for tests that compare them with another implementation.
#include <napi.h>

#include <algorithm>
#include <memory>

#include "napi/values.h"
#include "wire/record.h"

namespace penstock {
namespace {

RecordKeys KeysOf(const Napi::CallbackInfo& info) {
  RecordKeys keys{};
  const auto key = BytesOf(info[0]), iv = BytesOf(info[1]);
  if (key.size() != keys.key.size() || iv.size() != keys.iv.size())
    ThrowExpected(info.Env(), "a key and an iv", "keys");
  std::copy(key.begin(), key.end(), keys.key.begin());
  std::copy(iv.begin(), iv.end(), keys.iv.begin());
  return keys;
}

/** A sealer or an opener with the keys of the call; null without a cipher library. */
template <typename Coder>
std::shared_ptr<Coder> CoderOf(const Napi::CallbackInfo& info) {
  const RecordKeys keys = KeysOf(info);
  auto aead = MakeAead(keys.key.data());
  return aead == nullptr ? nullptr : std::make_shared<Coder>(std::move(aead), keys);
}

// (key, iv) => (content) => record; null without a cipher library.
Napi::Value MakeSealer(const Napi::CallbackInfo& info) {
  const auto sealer = CoderOf<RecordSealer>(info);
  if (sealer == nullptr) return info.Env().Null();
  return Napi::Function::New(info.Env(), [sealer](const Napi::CallbackInfo& call) -> Napi::Value {
    const auto content = BytesOf(call[0]);
    std::vector<uint8_t> record(content.size() + kRecordOverhead);
    const size_t size = sealer->Seal(content.data(), content.size(), record.data());
    return ToBytes(call.Env(), record.data(), size);
  });
}

// (key, iv) => (record) => content, or null if the record does not open.
Napi::Value MakeOpener(const Napi::CallbackInfo& info) {
  const auto opener = CoderOf<RecordOpener>(info);
  if (opener == nullptr) return info.Env().Null();
  return Napi::Function::New(info.Env(), [opener](const Napi::CallbackInfo& call) -> Napi::Value {
    const auto record = BytesOf(call[0]);
    std::vector<uint8_t> content(record.size());
    const auto size = opener->Open(record.data(), record.size(), content.data());
    if (!size) return call.Env().Null();
    return ToBytes(call.Env(), content.data(), *size);
  });
}

}  // namespace
}  // namespace penstock

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("sealer", Napi::Function::New(env, penstock::MakeSealer));
  exports.Set("opener", Napi::Function::New(env, penstock::MakeOpener));
  exports.Set("cipherLibrary", Napi::String::New(env, penstock::CipherLibrary()));
  return exports;
}

}  // namespace

NODE_API_MODULE(penstock_records, Init)
