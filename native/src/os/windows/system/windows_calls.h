// Counted system calls that only Windows has, and what Poll keeps there.
#pragma once

#include "system/calls.h"

namespace penstock {

/** Belongs to the one socket that a Calls polls. */
struct Calls::PollState {
  /** Set by the system when the socket has one of the events that Poll waits for. */
  UniqueFd ready;
  /** Another event that Poll waits for, and reports as POLLERR of the socket; nullptr for none. */
  HANDLE kernel = nullptr;
  /** The peer has closed. Each wait would report that again at once. */
  bool sawEnd = false;
};

class WindowsCalls final {
 public:
  explicit WindowsCalls(Calls& calls) : calls_(calls) {}

  /** Starts TransmitFile. */
  BOOL TransmitFile(Descriptor socket, Descriptor file, DWORD size, OVERLAPPED* at);
  BOOL CancelIo(Descriptor file, OVERLAPPED* at);
  /** Sets an event for Poll to wait for as well; nullptr for none. */
  void AlsoAwait(HANDLE event) { calls_.pollState().kernel = event; }

 private:
  Calls& calls_;
};

}  // namespace penstock
