// Set-up of the engine's threads.
#pragma once

#include <string>

namespace penstock {

/**
 * Names the calling thread (at most 15 bytes) and blocks two signals in it, whose calls then fail with an errno: SIGPIPE,
 * which sendfile to a closed socket raises, and SIGXFSZ of a write beyond the limit of a file's size.
 */
void PrepareThread(const std::string& name);

}  // namespace penstock
