// Entries of a target in which another file system is mounted, or another subvolume begins.
#pragma once

#include <string>

#include "os/posix/files/target/move_by_rule.h"
#include "os/posix/files/target/rights.h"

namespace penstock {

/** Where an entry goes. */
struct Place {
  int parent = -1;
  std::string name;
  ReplaceRule rule = ReplaceRule::kNever;
  /** A name that is free in `parent`, for as long as this takes. */
  std::string own;
};

/** Copies a file into the file system of its place, makes it durable, and gives it its name by the rule. Throws SystemError. */
bool CopyByRule(int file, int64_t size, const timespec& time, mode_t mode, const Place& place);

/** The same for a link. */
bool LinkByRule(const std::string& target, const timespec& time, const Place& place);

}  // namespace penstock
