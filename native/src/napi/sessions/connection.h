// The class Connection: a connected socket until a session takes it.
#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "system/unique_fd.h"

namespace penstock {

struct ConnectionState {
  UniqueSocket socket;
  std::vector<uint8_t> hello;
  std::string localAddress;
  /** Counts against the maxPending of a data port while it lives. */
  std::shared_ptr<void> slot;
};

class ConnectionWrap final : public Napi::ObjectWrap<ConnectionWrap> {
 public:
  static void Define(Napi::Env env);
  static Napi::Object Make(Napi::Env env, ConnectionState state);
  /** Takes the socket out of a Connection. Throws TypeError if the value is none, or holds no socket. */
  static UniqueSocket Take(const Napi::Value& value);
  /** Closes a Connection that has not been taken. */
  static void Drop(const Napi::Object& connection);

  explicit ConnectionWrap(const Napi::CallbackInfo& info);

 private:
  void Close(const Napi::CallbackInfo& info);
  ConnectionState state_;
};

}  // namespace penstock
