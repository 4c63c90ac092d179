// Set-up of the engine's threads.
#pragma once

#include <string>

namespace penstock {

/**
 * Names the calling thread (at most 15 bytes) and blocks SIGPIPE in it: sendfile to a closed socket raises
 * it.
 */
void PrepareThread(const std::string& name);

}  // namespace penstock
