// The class of JavaScript for a Sender, a Receiver or a Copier.
#pragma once

#include <napi.h>

#include <vector>

namespace penstock {

/** With the methods that all of them have, and `more`. */
template <typename Wrap>
Napi::Function SessionClass(Napi::Env env, const char* name,
                            std::vector<Napi::ClassPropertyDescriptor<Wrap>> more = {}) {
  std::vector<Napi::ClassPropertyDescriptor<Wrap>> methods = {
      Wrap::template InstanceMethod<&Wrap::EndOfFiles>("endOfFiles"),
      Wrap::template InstanceMethod<&Wrap::SetTechnique>("setTechnique"),
      Wrap::template InstanceMethod<&Wrap::Sample>("sample"),
      Wrap::template InstanceMethod<&Wrap::Cancel>("cancel"),
  };
  methods.insert(methods.end(), more.begin(), more.end());
  return Wrap::DefineClass(env, name, methods);
}

}  // namespace penstock
