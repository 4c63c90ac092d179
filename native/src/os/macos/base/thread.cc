#include "base/thread.h"

#include <pthread.h>

#include <csignal>

namespace penstock {

void PrepareThread(const std::string& name) {
  ::pthread_setname_np(name.c_str());
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGPIPE);
  sigaddset(&blocked, SIGXFSZ);
  ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
}

}  // namespace penstock
