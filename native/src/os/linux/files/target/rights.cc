// The umask as /proc has it, and default ACLs as extended attributes have them.
#include "os/posix/files/target/rights.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace penstock {
namespace {

constexpr char kDefaultAcl[] = "system.posix_acl_default";
constexpr char kAccessAcl[] = "system.posix_acl_access";

// The layout of linux/posix_acl_xattr.h: a version, then the entries, little-endian.
constexpr size_t kHeaderBytes = 4;
constexpr size_t kEntryBytes = 8;
enum Tag : unsigned { kOwner = 0x01, kGroup = 0x04, kMask = 0x10, kOther = 0x20 };

unsigned Short(const std::vector<uint8_t>& bytes, size_t at) { return bytes[at] | bytes[at + 1] << 8; }

}  // namespace

mode_t Umask() {
  // umask(2) reads it only by changing it, for all threads.
  std::ifstream status("/proc/self/status");
  static constexpr char kField[] = "Umask:";
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(kField, 0) == 0)
      return static_cast<mode_t>(std::strtoul(line.c_str() + sizeof kField - 1, nullptr, 8));
  }
  // Without /proc: files that another thread creates at this moment are private.
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return mask;
}

std::vector<uint8_t> DefaultAclOf(int folder) {
  const ssize_t size = ::fgetxattr(folder, kDefaultAcl, nullptr, 0);
  if (size <= 0) return {};
  std::vector<uint8_t> bytes(static_cast<size_t>(size));
  const ssize_t got = ::fgetxattr(folder, kDefaultAcl, bytes.data(), bytes.size());
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

mode_t PermittedBy(const std::vector<uint8_t>& acl) {
  unsigned owner = 0;
  unsigned group = 0;
  unsigned other = 0;
  bool masked = false;
  for (size_t at = kHeaderBytes; at + kEntryBytes <= acl.size(); at += kEntryBytes) {
    const unsigned bits = Short(acl, at + 2) & 07;
    switch (Short(acl, at)) {
      case kOwner:
        owner = bits;
        break;
      case kGroup:
        if (!masked) group = bits;
        break;
      case kMask:
        masked = true;
        group = bits;
        break;
      case kOther:
        other = bits;
        break;
      default:
        break;
    }
  }
  return owner << 6 | group << 3 | other;
}

bool AdoptAcl(int file, const std::vector<uint8_t>& acl) {
  if (!acl.empty()) return ::fsetxattr(file, kAccessAcl, acl.data(), acl.size(), 0) == 0;
  return ::fremovexattr(file, kAccessAcl) == 0 || errno == ENODATA || errno == EOPNOTSUPP;
}

}  // namespace penstock
