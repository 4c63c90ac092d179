// Arrays of JavaScript, item by item.
#pragma once

#include <napi.h>

#include <type_traits>
#include <vector>

namespace penstock {

/** What `read` makes of each item of an array. */
template <typename Read>
auto ListOf(const Napi::Value& value, Read read) {
  const auto array = value.As<Napi::Array>();
  std::vector<std::decay_t<std::invoke_result_t<Read, Napi::Value>>> items;
  items.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::HandleScope scope(value.Env());
    items.push_back(read(array.Get(i)));
  }
  return items;
}

/** An array of objects; `fill` sets the properties of each from its item. */
template <typename Item, typename Fill>
Napi::Array ObjectsOf(Napi::Env env, const std::vector<Item>& items, Fill fill) {
  auto array = Napi::Array::New(env, items.size());
  uint32_t index = 0;
  for (const Item& item : items) {
    const Napi::HandleScope scope(env);
    auto object = Napi::Object::New(env);
    fill(object, item);
    array.Set(index++, object);
  }
  return array;
}

}  // namespace penstock
