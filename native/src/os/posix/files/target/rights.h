// What a new entry of a folder may be: its umask or default ACL, and its group.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace penstock {

struct Rights {
  /** Permission bits that a new entry may have. */
  mode_t permitted = 0777;
  /** The folder's group, if its new entries get it (setgid). */
  std::optional<gid_t> group{};
  /** The default ACL as the system stores it; empty if there is none. */
  std::vector<uint8_t> acl{};
};

/** The rights of new entries of an open folder. */
Rights RightsIn(int folder);

/**
 * Gives an open file that was created in a folder with the rights `from` the mode that it would have if it had been created in
 * one with the rights `to`. 0, or errno.
 */
int GiveMode(int file, mode_t mode, const Rights& from, const Rights& to);

/** The umask of this process. */
mode_t Umask();
/** The default ACL of an open folder; empty if there is none, or the system has none. */
std::vector<uint8_t> DefaultAclOf(int folder);
/** The permission bits that a default ACL leaves to a new entry. */
mode_t PermittedBy(const std::vector<uint8_t>& acl);
/** Gives a file the access ACL of a new entry of a folder with this default ACL. False if it cannot be set. */
bool AdoptAcl(int file, const std::vector<uint8_t>& acl);

}  // namespace penstock
