// Signals of failed writes, which the calls report by errno instead.
#pragma once

#include <csignal>

namespace penstock {

/** Blocks them for the calling thread. */
inline void BlockSignalsOfWrites() {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGPIPE);
  sigaddset(&blocked, SIGXFSZ);
  ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
}

}  // namespace penstock
