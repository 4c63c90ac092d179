#include "napi/values.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "napi/lists.h"
#include "system/calls.h"

namespace penstock {
namespace {

constexpr double kMaxSafe = 9007199254740992.0;

MapOptions MapOptionsOf(const Napi::Value& value) {
  MapOptions options;
  if (value.IsUndefined()) return options.set(IndexOf(kUsualMapOption));
  const auto names = value.As<Napi::Array>();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).ToString();
    const auto option = MapOptionFromName(name);
    if (!option) ThrowExpected(value.Env(), "a map option", "mapOptions but received \"" + name + "\"");
    options.set(IndexOf(*option));
  }
  return options;
}

void TakeSealing(const Napi::Object& given, SessionOptions* options) {
  const std::string name = given.Get("transport").ToString();
  const auto transport = TransportFromName(name);
  if (!transport || *transport == TransportKind::kPlain) {
    ThrowExpected(given.Env(), "sealed or kernel-tls", "transport but received \"" + name + "\"");
  }
  options->transport = *transport;
  options->recordLimit = SizeOf(given.Get("recordLimit"), "recordLimit");
}

RecordKeys RecordKeysOf(const Napi::Value& value) {
  RecordKeys keys;
  const auto bytes = BytesOf(value);
  if (bytes.size() != keys.key.size() + keys.iv.size()) ThrowExpected(value.Env(), "28 bytes", "keys");
  std::copy_n(bytes.begin(), keys.key.size(), keys.key.begin());
  std::copy_n(bytes.end() - static_cast<std::ptrdiff_t>(keys.iv.size()), keys.iv.size(), keys.iv.begin());
  return keys;
}

}  // namespace

void ThrowExpected(Napi::Env env, const std::string& expected, const std::string& subject) {
  throw Napi::TypeError::New(env, "Expected " + expected + " for " + subject);
}

Technique TechniqueOf(Direction direction, const Napi::Value& value) {
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  const auto technique = TechniqueFromName(direction, name);
  if (!technique) ThrowExpected(value.Env(), "a technique", "technique but received \"" + name + "\"");
  return *technique;
}

void TakeTechniques(Direction direction, const Napi::Object& given, SessionOptions* options) {
  options->technique = TechniqueOf(direction, given.Get("technique"));
  const auto fallback = given.Get("fallback").As<Napi::Array>();
  for (uint32_t i = 0; i < fallback.Length(); ++i) {
    options->fallback.push_back(TechniqueOf(direction, fallback.Get(i)));
  }
}

SessionOptions SessionOptionsOf(Direction direction, const Napi::Object& options) {
  SessionOptions result;
  TakeTechniques(direction, options, &result);
  result.bufferBytes = SizeOf(options.Get("bufferBytes"), "bufferBytes");
  if (result.bufferBytes < 4096 || result.bufferBytes > (16 << 20)) {
    ThrowExpected(options.Env(), "4096 to 16777216", "bufferBytes");
  }
  result.dontCache = options.Get("dontCache").ToBoolean();
  result.check = options.Get("check").ToBoolean();
  result.mapOptions = MapOptionsOf(options.Get("mapOptions"));
  if (options.Has("sealing")) TakeSealing(options.Get("sealing").As<Napi::Object>(), &result);
  return result;
}

std::optional<StreamKeys> StreamKeysOf(const Napi::Value& value) {
  if (value.IsUndefined()) return std::nullopt;
  const auto given = value.As<Napi::Object>();
  return StreamKeys{RecordKeysOf(given.Get("send")), RecordKeysOf(given.Get("receive"))};
}

StreamKeys ControlKeysOf(const Napi::Value& value) {
  const auto keys = StreamKeysOf(value);
  if (!keys) ThrowExpected(value.Env(), "keys", "control stream");
  return *keys;
}

std::string TextOf(const Napi::Value& value, const char* subject) {
  if (!value.IsString()) ThrowExpected(value.Env(), "a string", subject);
  return value.As<Napi::String>().Utf8Value();
}

Code CodeOf(const Napi::Value& value) {
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  const auto code = CodeFromName(name);
  if (!code) ThrowExpected(value.Env(), "a name of the code table", "code but received \"" + name + "\"");
  return *code;
}

FileTime TimeFrom(const Napi::Value& value) {
  if (!value.IsBigInt()) ThrowExpected(value.Env(), "a bigint", "mtimeNs");
  int sign = 0;
  size_t count = 2;
  uint64_t words[2] = {};
  value.As<Napi::BigInt>().ToWords(&sign, &count, words);
  if (count > 2) ThrowExpected(value.Env(), "a time of at most 128 bits", "mtimeNs");
  // Divided in pieces of 32 bits.
  const uint32_t pieces[] = {static_cast<uint32_t>(words[1] >> 32), static_cast<uint32_t>(words[1]),
                             static_cast<uint32_t>(words[0] >> 32), static_cast<uint32_t>(words[0])};
  uint64_t seconds = 0;
  uint64_t rest = 0;
  for (const uint32_t piece : pieces) {
    const uint64_t part = (rest << 32) | piece;
    if (seconds >> 31 != 0) ThrowExpected(value.Env(), "seconds of at most 63 bits", "mtimeNs");
    seconds = (seconds << 32) | (part / kNanosecondsPerSecond);
    rest = part % kNanosecondsPerSecond;
  }
  FileTime time{static_cast<int64_t>(seconds), static_cast<int32_t>(rest)};
  if (sign == 0) return time;
  time.seconds = -time.seconds;
  if (time.nanoseconds > 0) {
    time.nanoseconds = static_cast<int32_t>(kNanosecondsPerSecond) - time.nanoseconds;
    --time.seconds;
  }
  return time;
}

uint64_t SizeOf(const Napi::Value& value, const char* subject) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0) || number > kMaxSafe || number != std::floor(number)) {
    ThrowExpected(value.Env(), "a whole number from 0 to 2^53", subject);
  }
  return static_cast<uint64_t>(number);
}

uint16_t PortOf(const Napi::Value& value) {
  const uint64_t port = SizeOf(value, "port");
  if (port > 65535) ThrowExpected(value.Env(), "0 to 65535", "port");
  return static_cast<uint16_t>(port);
}

std::vector<uint8_t> BytesOf(const Napi::Value& value) {
  if (!value.IsTypedArray()) ThrowExpected(value.Env(), "a Uint8Array", "bytes");
  const auto bytes = value.As<Napi::Uint8Array>();
  return std::vector<uint8_t>(bytes.Data(), bytes.Data() + bytes.ByteLength());
}

SourcePath SourcePathOf(const Napi::Object& given) {
  SourcePath source;
  source.path = TextOf(given.Get("path"), "path");
  if (given.Get("root").IsUndefined()) return source;
  const std::string root = TextOf(given.Get("root"), "root");
  if (root.empty() || source.path.compare(0, root.size(), root) != 0) {
    ThrowExpected(given.Env(), "a path below root", "path");
  }
  source.root = root.size();
  return source;
}

std::vector<SourceFile> SourceFilesOf(const Napi::Value& value) {
  return ListOf(value, [](const Napi::Value& item) {
    const auto one = item.As<Napi::Object>();
    SourceFile file;
    file.index = static_cast<uint32_t>(SizeOf(one.Get("index"), "index"));
    file.path = SourcePathOf(one);
    file.size = SizeOf(one.Get("size"), "size");
    file.mtimeNs = NanosecondsOf(TimeFrom(one.Get("mtimeNs")));
    file.slice = one.Has("offset");
    if (file.slice) file.offset = SizeOf(one.Get("offset"), "offset");
    return file;
  });
}

Napi::Uint8Array ToBytes(Napi::Env env, const uint8_t* data, size_t size) {
  auto bytes = Napi::Uint8Array::New(env, size);
  if (size > 0) std::memcpy(bytes.Data(), data, size);
  return bytes;
}

}  // namespace penstock
