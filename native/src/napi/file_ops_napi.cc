#include "napi/file_ops_napi.h"

#include <string>
#include <utility>
#include <vector>

#include "base/node_descriptor.h"
#include "files/sync_ops.h"
#include "napi/failures.h"
#include "napi/jobs.h"
#include "napi/staging_napi.h"
#include "napi/values.h"

namespace penstock {

namespace {

constexpr napi_type_tag kFolderTag = {0x70656e73746f636bULL, 0x666f6c6465720001ULL};

class FolderObject : public Napi::ObjectWrap<FolderObject> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Folder",
                       {InstanceAccessor<&FolderObject::Path>("path"), InstanceMethod<&FolderObject::Close>("close")});
  }

  explicit FolderObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FolderObject>(info) {
    if (info.Length() != 1 || !info[0].IsExternal()) {
      throw Napi::TypeError::New(info.Env(), "A Folder is made by openFolder or makeFolder");
    }
    folder_ = *info[0].As<Napi::External<std::shared_ptr<Folder>>>().Data();
    path_ = folder_->path();
    info.This().As<Napi::Object>().TypeTag(&kFolderTag);
  }

  const std::shared_ptr<Folder>& folder() const { return folder_; }

 private:
  Napi::Value Path(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), path_); }
  Napi::Value Close(const Napi::CallbackInfo& info) {
    // A session or a job may still have the folder: it is nobody's own any more all the same.
    if (folder_) folder_->Hold(UniqueFd());
    folder_.reset();
    return info.Env().Undefined();
  }

  std::shared_ptr<Folder> folder_;
  std::string path_;
};

double Number(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (!value.IsNumber()) {
    throw Napi::TypeError::New(object.Env(), std::string("Expected a number for ") + name);
  }
  return value.As<Napi::Number>().DoubleValue();
}

void SetTime(CommitEntry& entry, const Napi::Object& object) {
  const Time time = TimeFrom(object.Get("mtimeNs"));
  entry.mtime_seconds = time.seconds;
  entry.mtime_nanoseconds = time.nanoseconds;
}

void SetReplace(CommitEntry& entry, const Napi::Object& object) {
  const std::string rule = Text(object.Get("replace"), "replace");
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
  const std::string kind = Text(object.Get("kind"), "kind");
  CommitEntry entry;
  entry.path = Text(object.Get("path"), "path");
  if (kind == "symlink") {
    entry.kind = CommitKind::kSymlink;
    entry.target = Text(object.Get("target"), "target");
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
    entry.staging_name = Text(object.Get("stagingName"), "stagingName");
    entry.size = static_cast<int64_t>(Number(object, "size"));
    SetTime(entry, object);
    SetReplace(entry, object);
  } else {
    throw Napi::TypeError::New(value.Env(), "Unknown kind of commit entry: " + kind);
  }
  return entry;
}

Napi::Value OutcomesToArray(Napi::Env env, const std::vector<CommitOutcome>& outcomes) {
  Napi::Array array = Napi::Array::New(env, outcomes.size());
  uint32_t index = 0;
  for (const CommitOutcome& outcome : outcomes) {
    Napi::Object object = Napi::Object::New(env);
    switch (outcome.kind) {
      case CommitOutcome::Kind::kDone:
        object.Set("kind", "done");
        break;
      case CommitOutcome::Kind::kKeptExisting:
        object.Set("kind", "kept-existing");
        break;
      case CommitOutcome::Kind::kFailed:
        object.Set("kind", "failed");
        SetFailure(object, {Code::kNone, outcome.failure.error, outcome.failure.syscall});
        break;
    }
    array.Set(index++, object);
  }
  return array;
}

Napi::Value FailuresToArray(Napi::Env env, const std::vector<SyncFailure>& failures) {
  Napi::Array array = Napi::Array::New(env, failures.size());
  uint32_t index = 0;
  for (const SyncFailure& failure : failures) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("path", failure.failure.path);
    object.Set("code", ErrnoText(failure.failure.error));
    object.Set("isFolder", failure.is_folder);
    array.Set(index++, object);
  }
  return array;
}

Napi::Value StartCommit(const Napi::CallbackInfo& info, Jobs& jobs) {
  const std::shared_ptr<Folder> target = FolderFrom(info[0]);
  const std::shared_ptr<Folder> staging = FolderFrom(info[1]);
  if (!info[2].IsArray()) throw Napi::TypeError::New(info.Env(), "Expected an array for entries");
  const Napi::Array list = info[2].As<Napi::Array>();
  std::vector<CommitEntry> entries;
  entries.reserve(list.Length());
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::HandleScope scope(info.Env());
    entries.push_back(EntryFrom(list.Get(index)));
  }
  return jobs.Start(info.Env(), [target, staging, entries = std::move(entries)]() -> MakeResult {
    return [outcomes = Commit(*target, *staging, entries)](Napi::Env env) { return OutcomesToArray(env, outcomes); };
  });
}

WrapFolder DefineFolder(Napi::Env env) {
  const auto constructor = std::make_shared<Napi::FunctionReference>(Napi::Persistent(FolderObject::Define(env)));
  // The environment frees its references itself when it ends, before the functions below are finalized.
  constructor->SuppressDestruct();
  return [constructor](Napi::Env wrap_env, std::shared_ptr<Folder> folder) -> Napi::Value {
    return constructor->New({Napi::External<std::shared_ptr<Folder>>::New(wrap_env, &folder)});
  };
}

}  // namespace

std::shared_ptr<Folder> FolderFrom(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kFolderTag)) {
    throw Napi::TypeError::New(value.Env(), "Expected a Folder");
  }
  std::shared_ptr<Folder> folder = FolderObject::Unwrap(value.As<Napi::Object>())->folder();
  if (!folder) throw Napi::TypeError::New(value.Env(), "The Folder is closed");
  return folder;
}

void RegisterFileOps(Napi::Env env, Napi::Object exports) {
  const auto jobs = std::make_shared<Jobs>();
  const WrapFolder wrap = DefineFolder(env);
  RegisterStagingOps(env, exports, jobs, wrap);
  Add(env, exports, "openFolder",
      [wrap](const Napi::CallbackInfo& info) { return wrap(info.Env(), OpenFolder(Text(info[0], "path"))); });
  Add(env, exports, "makeFolder", [wrap](const Napi::CallbackInfo& info) {
    return wrap(info.Env(), MakeFolder(*FolderFrom(info[0]), Text(info[1], "name")));
  });
  Add(env, exports, "createFile", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [folder = FolderFrom(info[0]), name = Text(info[1], "name")]() -> MakeResult {
      const auto file = std::make_shared<UniqueFd>(CreateFileIn(*folder, name));
      return [file](Napi::Env env) { return Napi::Number::New(env, NodeDescriptor(std::move(*file))); };
    });
  });
  Add(env, exports, "removeFile", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [folder = FolderFrom(info[0]), path = Text(info[1], "path")] {
      RemoveFile(*folder, path);
      return Nothing();
    });
  });
  Add(env, exports, "commit", [jobs](const Napi::CallbackInfo& info) { return StartCommit(info, *jobs); });
  Add(env, exports, "syncTree", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [folder = FolderFrom(info[0])]() -> MakeResult {
      return [failures = SyncTree(*folder)](Napi::Env result_env) { return FailuresToArray(result_env, failures); };
    });
  });
  Add(env, exports, "syncFolder", [jobs](const Napi::CallbackInfo& info) {
    const std::string path = info[1].IsUndefined() ? "" : Text(info[1], "path");
    return jobs->Start(info.Env(), [folder = FolderFrom(info[0]), path] {
      if (path.empty()) {
        SyncFolder(*folder);
      } else {
        SyncFolderBelow(*folder, path);
      }
      return Nothing();
    });
  });
  Add(env, exports, "renameNoReplace", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [from = FolderFrom(info[0]), from_name = Text(info[1], "fromName"),
                                    to = FolderFrom(info[2]), to_name = Text(info[3], "toName")] {
      RenameNoReplace(*from, from_name, *to, to_name);
      return Nothing();
    });
  });
  Add(env, exports, "tryLock",
      [](const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), TryLock(*FolderFrom(info[0]))); });
  Add(env, exports, "sharesBlocks", [jobs](const Napi::CallbackInfo& info) {
    return jobs->Start(info.Env(), [folder = FolderFrom(info[0])]() -> MakeResult {
      const bool shares = SharesBlocks(*folder);
      return [shares](Napi::Env env) { return Napi::Boolean::New(env, shares); };
    });
  });
  Add(env, exports, "fileSystem", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const FileSystemFacts facts = FileSystemOf(Text(info[0], "path"));
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("type", facts.type);
    object.Set("freeBytes", static_cast<double>(facts.free_bytes));
    return object;
  });
}

}  // namespace penstock
