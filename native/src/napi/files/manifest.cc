#include "napi/files/manifest.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "files/manifest/manifest_lines.h"
#include "files/manifest/manifest_samples.h"
#include "files/source/manifest_walk.h"
#include "napi/environment.h"
#include "napi/exports.h"
#include "napi/jobs.h"
#include "napi/lists.h"
#include "napi/values.h"
#include "system/calls.h"
#include "system/node_descriptor.h"

namespace penstock {
namespace {

constexpr napi_type_tag kManifestTag = {0x70656e73746f636bULL, 0x6d616e6966650001ULL};

// Memory of the environment's own: Electron takes no buffers from elsewhere.
template <typename Array, typename Value>
Array ArrayOf(Napi::Env env, const std::vector<Value>& values) {
  Array array = Array::New(env, values.size());
  if (!values.empty()) std::memcpy(array.Data(), values.data(), values.size() * sizeof(Value));
  return array;
}

/** Texts of all entries, each followed by a zero byte. */
template <typename Text>
Napi::String TextsOf(Napi::Env env, const std::vector<uint32_t>& indexes, Text text) {
  std::string all;
  for (const uint32_t index : indexes) {
    all += text(index);
    all += '\0';
  }
  return Napi::String::New(env, all);
}

Napi::Object ColumnsOf(Napi::Env env, const Manifest& manifest, const std::vector<uint32_t>& indexes) {
  std::vector<uint8_t> types;
  std::vector<uint32_t> modes;
  std::vector<double> sizes;
  std::vector<double> allocated;
  std::vector<double> offsets;
  std::vector<int64_t> seconds;
  std::vector<uint32_t> nanoseconds;
  for (const uint32_t index : indexes) {
    const ManifestEntry& entry = manifest[index];
    types.push_back(static_cast<uint8_t>(entry.type));
    modes.push_back(entry.mode);
    sizes.push_back(static_cast<double>(entry.size));
    allocated.push_back(static_cast<double>(entry.allocatedBytes));
    if (manifest.sliced()) offsets.push_back(static_cast<double>(manifest.SliceOffset(index)));
    seconds.push_back(entry.seconds);
    nanoseconds.push_back(entry.nanoseconds);
  }
  Napi::Object columns = Napi::Object::New(env);
  columns.Set("indexes", ArrayOf<Napi::Uint32Array>(env, indexes));
  columns.Set("types", ArrayOf<Napi::Uint8Array>(env, types));
  columns.Set("modes", ArrayOf<Napi::Uint32Array>(env, modes));
  columns.Set("sizes", ArrayOf<Napi::Float64Array>(env, sizes));
  columns.Set("allocatedBytes", ArrayOf<Napi::Float64Array>(env, allocated));
  columns.Set("seconds", ArrayOf<Napi::BigInt64Array>(env, seconds));
  columns.Set("nanoseconds", ArrayOf<Napi::Uint32Array>(env, nanoseconds));
  if (manifest.sliced()) columns.Set("offsets", ArrayOf<Napi::Float64Array>(env, offsets));
  columns.Set("paths", TextsOf(env, indexes, [&](uint32_t index) { return manifest.PathOf(index); }));
  columns.Set("sources", TextsOf(env, indexes, [&](uint32_t index) { return manifest.SourceOf(index).path; }));
  columns.Set("roots", TextsOf(env, indexes, [&](uint32_t index) {
                const SourcePath source = manifest.SourceOf(index);
                return source.path.substr(0, source.root);
              }));
  columns.Set("targets", TextsOf(env, indexes, [&](uint32_t index) { return manifest.TargetOf(manifest[index]); }));
  return columns;
}

Napi::Object NotKeptIn(Napi::Env env, const NotKeptTable<uint64_t>& counts) {
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&](const char* name, NotKept kind) { object.Set(name, static_cast<double>(counts[kind])); };
  set("owners", NotKept::kOwner);
  set("hardLinks", NotKept::kHardLink);
  set("accessLists", NotKept::kAccessList);
  set("capabilities", NotKept::kCapability);
  set("attributes", NotKept::kAttribute);
  return object;
}

EntryFacts FileFactsOf(const Napi::Object& file) {
  EntryFacts facts;
  facts.mode = static_cast<uint16_t>(SizeOf(file.Get("mode"), "mode"));
  facts.size = SizeOf(file.Get("size"), "size");
  facts.allocatedBytes = facts.size;
  const FileTime time = TimeFrom(file.Get("mtimeNs"));
  facts.seconds = time.seconds;
  facts.nanoseconds = static_cast<uint32_t>(time.nanoseconds);
  return facts;
}

WalkTop TopOf(const Napi::Value& value) {
  const auto top = value.As<Napi::Object>();
  return {TextOf(top.Get("path"), "path"), TextOf(top.Get("name"), "name")};
}

class ManifestWrap final : public Napi::ObjectWrap<ManifestWrap> {
 public:
  explicit ManifestWrap(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<ManifestWrap>(info), manifest_(std::make_shared<Manifest>()) {
    info.This().As<Napi::Object>().TypeTag(&kManifestTag);
  }

  const std::shared_ptr<Manifest>& manifest() const { return manifest_; }

  static Napi::Function Class(Napi::Env env) {
    return DefineClass(env, "Manifest",
                       {
                           InstanceMethod<&ManifestWrap::Walk>("walk"),
                           InstanceMethod<&ManifestWrap::Stop>("stop"),
                           InstanceMethod<&ManifestWrap::AddFiles>("addFiles"),
                           InstanceMethod<&ManifestWrap::Totals>("totals"),
                           InstanceMethod<&ManifestWrap::Tops>("tops"),
                           InstanceMethod<&ManifestWrap::Preview>("preview"),
                           InstanceMethod<&ManifestWrap::LeftOut>("leftOut"),
                           InstanceMethod<&ManifestWrap::Entries>("entries"),
                           InstanceMethod<&ManifestWrap::EntriesAt>("entriesAt"),
                           InstanceMethod<&ManifestWrap::Lines>("lines"),
                           InstanceMethod<&ManifestWrap::Sample>("sample"),
                       });
  }

 private:
  Napi::Value Walk(const Napi::CallbackInfo& info) {
    if (walk_) throw Napi::Error::New(info.Env(), "A Manifest is walked once");
    auto tops = ListOf(info[0], TopOf);
    walk_ = std::make_shared<ManifestWalk>(
        *manifest_, ListOf(info[1], [](const Napi::Value& pattern) { return TextOf(pattern, "exclusions"); }));
    return StartJob(
        info.Env(),
        [manifest = manifest_, walk = walk_, tops = std::move(tops)]() -> MakeResult {
          walk->Run(tops);
          return Nothing();
        },
        [walk = walk_] { walk->Stop(); });
  }

  void Stop(const Napi::CallbackInfo&) {
    if (walk_) walk_->Stop();
  }

  void AddFiles(const Napi::CallbackInfo& info) {
    if (walk_) throw Napi::Error::New(info.Env(), "A walk fills this Manifest");
    ListOf(info[0], [this](const Napi::Value& value) {
      const auto file = value.As<Napi::Object>();
      const EntryFacts facts = FileFactsOf(file);
      const std::string name = TextOf(file.Get("name"), "name");
      const std::string path = TextOf(file.Get("path"), "path");
      if (!file.Has("offset")) return manifest_->AddTop(facts, name, path);
      return manifest_->AddSlice(facts, name, path, SizeOf(file.Get("offset"), "offset"));
    });
  }

  Napi::Value Totals(const Napi::CallbackInfo& info) {
    const ManifestTotals totals = manifest_->totals();
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("entries", totals.entries);
    object.Set("files", totals.files);
    object.Set("directories", totals.directories);
    object.Set("symlinks", totals.symlinks);
    object.Set("bytes", static_cast<double>(totals.bytes));
    object.Set("allocatedBytes", static_cast<double>(totals.allocatedBytes));
    return object;
  }

  Napi::Value Tops(const Napi::CallbackInfo& info) { return ColumnsOf(info.Env(), *manifest_, manifest_->tops()); }

  Napi::Value Preview(const Napi::CallbackInfo& info) {
    return ColumnsOf(info.Env(), *manifest_, PreviewOf(*manifest_));
  }

  Napi::Value LeftOut(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const auto& leftOut = manifest_->leftOut();
    Napi::Object object = Napi::Object::New(env);
    object.Set("count", static_cast<double>(leftOut.count()));
    object.Set("excluded", static_cast<double>(leftOut.excluded()));
    object.Set("notKept", NotKeptIn(env, leftOut.notKept()));
    object.Set("entries", ObjectsOf(env, leftOut.entries(), [env](Napi::Object one, const LeftOutEntry& entry) {
                 Napi::Object params = Napi::Object::New(env);
                 params.Set("path", entry.path);
                 if (*entry.parameter != '\0') params.Set(entry.parameter, entry.value);
                 one.Set("path", entry.path);
                 one.Set("code", entry.code);
                 one.Set("params", params);
                 one.Set("by", entry.byPolicy ? "policy" : "failure");
                 one.Set("top", entry.top);
               }));
    return object;
  }

  Napi::Value Entries(const Napi::CallbackInfo& info) {
    const auto [from, until] = Range(info);
    std::vector<uint32_t> indexes;
    for (uint32_t index = from; index < until; ++index) indexes.push_back(index);
    return ColumnsOf(info.Env(), *manifest_, indexes);
  }

  Napi::Value EntriesAt(const Napi::CallbackInfo& info) {
    auto indexes =
        ListOf(info[0], [](const Napi::Value& index) { return static_cast<uint32_t>(SizeOf(index, "index")); });
    const uint32_t size = manifest_->size();
    if (std::any_of(indexes.begin(), indexes.end(), [size](uint32_t index) { return index >= size; })) {
      ThrowExpected(info.Env(), "an entry of the manifest", "index");
    }
    return ColumnsOf(info.Env(), *manifest_, indexes);
  }

  Napi::Value Lines(const Napi::CallbackInfo& info) {
    const auto [from, until] = Range(info);
    const std::string lines = ManifestLines(*manifest_, from, until);
    return ToBytes(info.Env(), reinterpret_cast<const uint8_t*>(lines.data()), lines.size());
  }

  Napi::Value Sample(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const auto indexes = SampleOf(*manifest_, static_cast<size_t>(SizeOf(info[0], "limit")));
    auto paths = Napi::Array::New(env, indexes.size());
    uint32_t at = 0;
    for (const uint32_t index : indexes) paths.Set(at++, manifest_->SourceOf(index).path);
    return paths;
  }

  /** From the first argument on, as many as the second argument, and no further than what is published. */
  std::pair<uint32_t, uint32_t> Range(const Napi::CallbackInfo& info) const {
    const uint64_t size = manifest_->size();
    const uint64_t from = std::min(SizeOf(info[0], "from"), size);
    const uint64_t until = std::min(from + SizeOf(info[1], "limit"), size);
    return {static_cast<uint32_t>(from), static_cast<uint32_t>(until)};
  }

  const std::shared_ptr<Manifest> manifest_;
  std::shared_ptr<ManifestWalk> walk_;
};

}  // namespace

std::shared_ptr<Manifest> ManifestFrom(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kManifestTag)) {
    throw Napi::TypeError::New(value.Env(), "Expected a Manifest");
  }
  return ManifestWrap::Unwrap(value.As<Napi::Object>())->manifest();
}

void RegisterManifest(Napi::Env env, Napi::Object exports) {
  Add(env, exports, "openSource", [](const Napi::CallbackInfo& info) {
    return StartJob(info.Env(), [source = SourcePathOf(info[0].As<Napi::Object>())]() -> MakeResult {
      Counters counters;
      Calls calls(counters);
      const auto file = std::make_shared<UniqueFd>(calls.OpenSource(source));
      if (!file->valid()) throw SystemError(errno, "openat", source.path);
      return [file](Napi::Env result_env) { return Napi::Number::New(result_env, NodeDescriptor(std::move(*file))); };
    });
  });
  ExportClass(env, exports, "createManifest", &Environment::manifest, ManifestWrap::Class(env));
}

}  // namespace penstock
