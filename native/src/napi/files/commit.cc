#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "files/target/sync_ops.h"
#include "napi/exports.h"
#include "napi/failures.h"
#include "napi/files/folder.h"
#include "napi/jobs.h"
#include "napi/lists.h"
#include "napi/sessions/delivery.h"
#include "napi/values.h"
#include "system/node_descriptor.h"

namespace penstock {
namespace {

double Number(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (!value.IsNumber()) {
    throw Napi::TypeError::New(object.Env(), std::string("Expected a number for ") + name);
  }
  return value.As<Napi::Number>().DoubleValue();
}

void SetTime(CommitEntry& entry, const Napi::Object& object) { entry.modified = TimeFrom(object.Get("mtimeNs")); }

void SetReplace(CommitEntry& entry, const Napi::Object& object) {
  const std::string rule = TextOf(object.Get("replace"), "replace");
  if (rule == "never") {
    entry.replace = ReplaceRule::kNever;
  } else if (rule == "always") {
    entry.replace = ReplaceRule::kAlways;
  } else if (rule == "if-newer") {
    entry.replace = ReplaceRule::kIfNewer;
  } else {
    throw Napi::TypeError::New(object.Env(), "Expected never, always or if-newer for replace but received " + rule);
  }
}

CommitEntry EntryFrom(const Napi::Value& value) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), "Expected an object for a commit entry");
  const Napi::Object object = value.As<Napi::Object>();
  const std::string kind = TextOf(object.Get("kind"), "kind");
  CommitEntry entry;
  entry.path = TextOf(object.Get("path"), "path");
  if (kind == "symlink") {
    entry.kind = CommitKind::kSymlink;
    entry.target = TextOf(object.Get("target"), "target");
    SetTime(entry, object);
    SetReplace(entry, object);
    return entry;
  }
  entry.mode = static_cast<uint32_t>(Number(object, "mode"));
  if (kind == "directory") {
    entry.kind = CommitKind::kDirectory;
  } else if (kind == "directory-times") {
    entry.kind = CommitKind::kDirectoryTimes;
    SetTime(entry, object);
  } else if (kind == "file") {
    entry.kind = CommitKind::kFile;
    entry.staging_name = TextOf(object.Get("stagingName"), "stagingName");
    entry.size = static_cast<int64_t>(Number(object, "size"));
    SetTime(entry, object);
    SetReplace(entry, object);
  } else {
    throw Napi::TypeError::New(value.Env(), "Unknown kind of commit entry: " + kind);
  }
  return entry;
}

/// Nothing is set for an entry that is exactly as it was sent.
void SetChanges(Napi::Object object, const Kept& kept) {
  const std::vector<EntryNote> changes = NotesOf(0, kept);
  if (changes.empty()) return;
  object.Set("changes", ObjectsOf(object.Env(), changes, [](Napi::Object one, const EntryNote& note) {
               SetNote(one, note.code, note.error);
             }));
}

void SetOutcome(Napi::Object object, const CommitOutcome& outcome) {
  switch (outcome.kind) {
    case CommitOutcome::Kind::kDone:
      object.Set("kind", "done");
      SetChanges(object, outcome.kept);
      break;
    case CommitOutcome::Kind::kKeptExisting:
      object.Set("kind", "kept-existing");
      break;
    case CommitOutcome::Kind::kFailed:
      object.Set("kind", "failed");
      SetFailure(object, {Code::kNone, outcome.failure.error, outcome.failure.syscall});
      break;
  }
}

void SetSyncFailure(Napi::Object object, const SyncFailure& failure) {
  object.Set("path", failure.failure.path);
  object.Set("code", ErrnoText(failure.failure.error));
  object.Set("isFolder", failure.is_folder);
}

Napi::Value StartCommit(const Napi::CallbackInfo& info) {
  const std::shared_ptr<Folder> target = FolderFrom(info[0]);
  const std::shared_ptr<Folder> staging = FolderFrom(info[1]);
  if (!info[2].IsArray()) throw Napi::TypeError::New(info.Env(), "Expected an array for entries");
  std::vector<CommitEntry> entries = ListOf(info[2], EntryFrom);
  return StartJob(info.Env(), [target, staging, entries = std::move(entries)]() -> MakeResult {
    return
        [outcomes = Commit(*target, *staging, entries)](Napi::Env env) { return ObjectsOf(env, outcomes, SetOutcome); };
  });
}

}  // namespace

void RegisterCommit(Napi::Env env, Napi::Object exports) {
  Add(env, exports, "commit", StartCommit);
  Add(env, exports, "createFile", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [folder = FolderFrom(info[0]), name = TextOf(info[1], "name")]() -> MakeResult {
      const auto file = std::make_shared<UniqueFd>(CreateFileIn(*folder, name));
      return [file](Napi::Env env) { return Napi::Number::New(env, NodeDescriptor(std::move(*file))); };
    });
  });
  Add(env, exports, "removeFile", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [folder = FolderFrom(info[0]), path = TextOf(info[1], "path")] {
      RemoveFile(*folder, path);
      return Nothing();
    });
  });
  Add(env, exports, "syncTree", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [folder = FolderFrom(info[0])]() -> MakeResult {
      return [failures = SyncTree(*folder)](Napi::Env result_env) {
        return ObjectsOf(result_env, failures, SetSyncFailure);
      };
    });
  });
  Add(env, exports, "syncFolder", [](const Napi::CallbackInfo& info) {
    const std::string path = info[1].IsUndefined() ? "" : TextOf(info[1], "path");
    return StartJob(info.Env(), [folder = FolderFrom(info[0]), path] {
      if (path.empty()) {
        SyncFolder(*folder);
      } else {
        SyncFolderBelow(*folder, path);
      }
      return Nothing();
    });
  });
  Add(env, exports, "renameNoReplace", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [from = FolderFrom(info[0]), from_name = TextOf(info[1], "fromName"),
                                 to = FolderFrom(info[2]), to_name = TextOf(info[3], "toName")] {
      RenameNoReplace(*from, from_name, *to, to_name);
      return Nothing();
    });
  });
}

}  // namespace penstock
