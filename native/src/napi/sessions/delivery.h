// The entries of a transfer and the report about them, between JavaScript and the engine.
#pragma once

#include <napi.h>

#include <functional>
#include <vector>

#include "session/delivery_ledger.h"

namespace penstock {

/** Ends the list of entries. Throws a TypeError where an index was given twice. */
void EndOfEntries(Napi::Env env, const std::function<void()>& end);
/** [{index, type: "directory" | "symlink"}]. */
std::vector<OtherEntry> OtherEntriesOf(const Napi::Value& value);
/** [{index, code, errno?}]; none for undefined. */
std::vector<EntryNote> NotesOf(const Napi::Value& value);
/** Sets `code`, and `errno` if a call failed. */
void SetNote(Napi::Object object, NoteCode code, int error);
/** [{first, count, code, errno?}]. */
Napi::Value NotesToArray(Napi::Env env, const std::vector<EntryRun>& notes);

}  // namespace penstock
