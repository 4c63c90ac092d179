// Files whose size is not the one that the system reports: those that the kernel or a server generates on read.
#pragma once

#include <sys/stat.h>

#include <string>

namespace penstock {

/** The result of CheckSize. */
struct SizeCheck {
  bool known = true;
  /** errno if the file could not be examined. */
  int error = 0;
};

/**
 * Whether a regular file has the size that `facts` reports. Only suspicious sizes are checked: 0, if a byte can be
 * read, and those on the kernel's own file systems.
 */
SizeCheck CheckSize(int folder, const std::string& name, const struct stat& facts);

}  // namespace penstock
