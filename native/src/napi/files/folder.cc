#include "napi/files/folder.h"

#include <string>
#include <utility>

#include "files/target/staging_ops.h"
#include "napi/environment.h"
#include "napi/exports.h"
#include "napi/jobs.h"
#include "napi/values.h"

namespace penstock {
namespace {

constexpr napi_type_tag kFolderTag = {0x70656e73746f636bULL, 0x666f6c6465720001ULL};

class FolderWrap : public Napi::ObjectWrap<FolderWrap> {
 public:
  static void Define(Napi::Env env) {
    Environment::Of(env).folder = Napi::Persistent(DefineClass(
        env, "Folder", {InstanceAccessor<&FolderWrap::Path>("path"), InstanceMethod<&FolderWrap::Close>("close")}));
  }

  explicit FolderWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FolderWrap>(info) {
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
    // Releases the lock, even if a session or a job still holds the folder.
    if (folder_) folder_->Hold(UniqueFd());
    folder_.reset();
    return info.Env().Undefined();
  }

  std::shared_ptr<Folder> folder_;
  std::string path_;
};

}  // namespace

Napi::Value WrapFolder(Napi::Env env, std::shared_ptr<Folder> folder) {
  return Environment::Of(env).folder.New({Napi::External<std::shared_ptr<Folder>>::New(env, &folder)});
}

std::shared_ptr<Folder> FolderFrom(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kFolderTag)) {
    throw Napi::TypeError::New(value.Env(), "Expected a Folder");
  }
  std::shared_ptr<Folder> folder = FolderWrap::Unwrap(value.As<Napi::Object>())->folder();
  if (!folder) throw Napi::TypeError::New(value.Env(), "The Folder is closed");
  return folder;
}

void RegisterFolders(Napi::Env env, Napi::Object exports) {
  FolderWrap::Define(env);
  Add(env, exports, "openFolder",
      [](const Napi::CallbackInfo& info) { return WrapFolder(info.Env(), OpenFolder(TextOf(info[0], "path"))); });
  Add(env, exports, "makeFolder", [](const Napi::CallbackInfo& info) {
    return WrapFolder(info.Env(), MakeFolder(*FolderFrom(info[0]), TextOf(info[1], "name")));
  });
  Add(env, exports, "openFolderIn", [](const Napi::CallbackInfo& info) {
    return WrapFolder(info.Env(), OpenFolderIn(*FolderFrom(info[0]), TextOf(info[1], "name")));
  });
  Add(env, exports, "identityOf",
      [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), IdentityOf(*FolderFrom(info[0]))); });
  Add(env, exports, "tryLock",
      [](const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), TryLock(*FolderFrom(info[0]))); });
  Add(env, exports, "sharesBlocks", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [folder = FolderFrom(info[0])]() -> MakeResult {
      const bool shares = SharesBlocks(*folder);
      return [shares](Napi::Env env) { return Napi::Boolean::New(env, shares); };
    });
  });
  Add(env, exports, "fileSystem", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const FileSystemFacts facts = FileSystemOf(TextOf(info[0], "path"));
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("type", facts.type);
    const Napi::Value none = info.Env().Null();
    object.Set("freeBytes",
               facts.free_bytes ? Napi::Number::New(info.Env(), static_cast<double>(*facts.free_bytes)) : none);
    return object;
  });
}

}  // namespace penstock
