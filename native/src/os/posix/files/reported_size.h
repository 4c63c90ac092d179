// Files whose size is not what the system reports: those that the kernel or a server makes when they are read.
#pragma once

#include <sys/stat.h>

#include <string>

namespace penstock {

/** What became of the look at a file's size. */
struct SizeCheck {
  bool known = true;
  /** Where the file could not be looked at: errno. */
  int error = 0;
};

/**
 * Whether a regular file has the size that `facts` reports. Only sizes that are made up are looked at: one that is given as 0
 * is, where a byte can be read, and so are those of the kernel's own file systems.
 */
SizeCheck CheckSize(int folder, const std::string& name, const struct stat& facts);

}  // namespace penstock
