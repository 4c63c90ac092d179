// macOS has no default ACL in the sense of POSIX: an entry inherits from its folder when it is created.
#include "os/posix/files/target/rights.h"

#include <sys/stat.h>

namespace penstock {

mode_t Umask() {
  // Files that another thread creates at this moment are private.
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return mask;
}

std::vector<uint8_t> DefaultAclOf(int /*folder*/) { return {}; }

mode_t PermittedBy(const std::vector<uint8_t>& /*acl*/) { return 0777; }

bool AdoptAcl(int /*file*/, const std::vector<uint8_t>& /*acl*/) { return true; }

}  // namespace penstock
