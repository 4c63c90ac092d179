#include "napi/sessions/delivery.h"

#include <stdexcept>
#include <string>

#include "napi/failures.h"
#include "napi/lists.h"
#include "napi/values.h"

namespace penstock {
namespace {

EntryType OtherTypeOf(const Napi::Value& value) {
  const std::string name = TextOf(value, "type");
  if (name == "directory") return EntryType::kDirectory;
  if (name == "symlink") return EntryType::kSymlink;
  ThrowExpected(value.Env(), "directory or symlink", "type but received \"" + name + "\"");
}

NoteCode NoteCodeOf(const Napi::Value& value) {
  const std::string name = TextOf(value, "code");
  const auto code = NoteFromName(name);
  if (!code) ThrowExpected(value.Env(), "a note", "code but received \"" + name + "\"");
  return *code;
}

}  // namespace

void EndOfEntries(Napi::Env env, const std::function<void()>& end) {
  try {
    end();
  } catch (const std::invalid_argument& error) {
    throw Napi::TypeError::New(env, error.what());
  }
}

std::vector<OtherEntry> OtherEntriesOf(const Napi::Value& value) {
  return ListOf(value, [](const Napi::Value& item) {
    const auto one = item.As<Napi::Object>();
    return OtherEntry{static_cast<uint32_t>(SizeOf(one.Get("index"), "index")), OtherTypeOf(one.Get("type"))};
  });
}

std::vector<EntryNote> NotesOf(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  return ListOf(value, [](const Napi::Value& item) {
    const auto one = item.As<Napi::Object>();
    const auto index = static_cast<uint32_t>(SizeOf(one.Get("index"), "index"));
    return EntryNote{index, NoteCodeOf(one.Get("code")), ErrnoNamed(one.Get("errno"))};
  });
}

void SetNote(Napi::Object object, NoteCode code, int error) {
  object.Set("code", NoteName(code));
  if (error != 0) object.Set("errno", ErrnoText(error));
}

Napi::Value NotesToArray(Napi::Env env, const std::vector<EntryRun>& notes) {
  return ObjectsOf(env, notes, [](Napi::Object one, const EntryRun& run) {
    one.Set("first", run.first);
    one.Set("count", run.count);
    SetNote(one, NoteFromWire(run.code), ErrnoFromWire(run.error));
  });
}

}  // namespace penstock
