#include "os/posix/files/target/rights.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "files/target/file_ops.h"

namespace penstock {
namespace {

constexpr mode_t kGroupBits = 070;
constexpr mode_t kOwnerBits = 0700;

// In the group of another folder, the bits of the group would go to the wrong people.
mode_t BitsInGroup(int file, const Rights& from, const Rights& to) {
  if (!to.group && !from.group) return 0777;
  const gid_t group = to.group.value_or(getegid());
  struct stat facts {};
  if (fstat(file, &facts) == 0 && facts.st_gid == group) return 0777;
  return fchown(file, static_cast<uid_t>(-1), group) == 0 ? 0777 : 0777 & ~kGroupBits;
}

}  // namespace

Rights RightsIn(int folder) {
  Rights rights;
  rights.acl = DefaultAclOf(folder);
  rights.permitted = rights.acl.empty() ? 0777 & ~Umask() : PermittedBy(rights.acl);
  struct stat facts {};
  if (fstat(folder, &facts) == 0 && (facts.st_mode & S_ISGID) != 0) rights.group = facts.st_gid;
  return rights;
}

int GiveMode(int file, mode_t mode, const Rights& from, const Rights& to) {
  mode_t bits = mode & to.permitted & BitsInGroup(file, from, to);
  if (from.acl != to.acl && !AdoptAcl(file, to.acl)) bits &= kOwnerBits;
  return fchmod(file, bits) == 0 ? 0 : errno;
}

uint32_t PermittedIn(const Folder& folder) { return RightsIn(folder.fd()).permitted; }

}  // namespace penstock
