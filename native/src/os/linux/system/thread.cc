#include "system/thread.h"

#include <pthread.h>

#include "os/posix/system/blocked_signals.h"

namespace penstock {

void PrepareThread(const std::string& name) {
  ::pthread_setname_np(::pthread_self(), name.c_str());
  BlockSignalsOfWrites();
}

}  // namespace penstock
