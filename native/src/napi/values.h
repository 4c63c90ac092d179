// Between JavaScript's values and the engine's.
#pragma once

#include <napi.h>

#include <array>
#include <string>
#include <vector>

#include "send/send_queue.h"
#include "session/session.h"
#include "system/file_time.h"

namespace penstock {

/** Throws a TypeError by the formula "Expected X for Y". */
[[noreturn]] void ThrowExpected(Napi::Env env, const std::string& expected, const std::string& subject);

/** A technique of this direction by its name. */
Technique TechniqueOf(Direction direction, const Napi::Value& value);
/** Reads `technique` and `fallback`. */
void TakeTechniques(Direction direction, const Napi::Object& given, SessionOptions* options);
/** Options of a session with a peer. */
/** {send, receive}, each a key and an IV in 28 bytes; nothing for undefined. */
std::optional<StreamKeys> StreamKeysOf(const Napi::Value& value);
/** The same of a control stream, which always has keys. */
StreamKeys ControlKeysOf(const Napi::Value& value);
SessionOptions SessionOptionsOf(Direction direction, const Napi::Object& options);
/** A string. */
std::string TextOf(const Napi::Value& value, const char* subject);
/** A code of WIRE.md's table by its name. */
Code CodeOf(const Napi::Value& value);
/** From nanoseconds as a bigint, of any size. */
FileTime TimeFrom(const Napi::Value& value);
/** A whole number from 0 to 2^53. */
uint64_t SizeOf(const Napi::Value& value, const char* subject);
/** A port number. */
uint16_t PortOf(const Napi::Value& value);
std::vector<uint8_t> BytesOf(const Napi::Value& value);

/** {path, root?}. */
SourcePath SourcePathOf(const Napi::Object& given);
/** Files to be sent or copied, as JavaScript names them. */
std::vector<SourceFile> SourceFilesOf(const Napi::Value& value);
Napi::Uint8Array ToBytes(Napi::Env env, const uint8_t* data, size_t size);

}  // namespace penstock
