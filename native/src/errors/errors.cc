#include "errors/errors.h"

#include <cerrno>
#include <iterator>

#include "platform.h"

namespace penstock {
namespace {

constexpr const char* kNames[] = {
    "none",           "cancelled",    "refused",       "protocol",          "io",           "disk-full",
    "no-permission",  "file-changed", "file-shrank",   "file-vanished",     "not-readable", "check-failed",
    "unsafe-name",    "name-taken",   "too-large",     "timed-out",         "internal",     "name-too-long",
    "name-collision", "link-outside", "kept-existing", "links-unsupported",
};

}  // namespace

const char* CodeName(Code code) {
  if (code == Code::kPeerGone) return "peer-gone";
  if (code == Code::kRecordsSpent) return "records-spent";
  const auto value = static_cast<uint32_t>(code);
  return value < std::size(kNames) ? kNames[value] : "internal";
}

std::optional<Code> CodeFromName(std::string_view name) {
  for (uint32_t value = 0; value < std::size(kNames); ++value) {
    if (name == kNames[value]) return static_cast<Code>(value);
  }
  return std::nullopt;
}

Code CodeFromWire(uint32_t value) { return value < std::size(kNames) ? static_cast<Code>(value) : Code::kInternal; }

uint32_t CodeToWire(Code code) {
  const auto value = static_cast<uint32_t>(code);
  return value < std::size(kNames) ? value : static_cast<uint32_t>(Code::kIo);
}

Code CodeForTargetErrno(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return Code::kDiskFull;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::kNoPermission;
    case EFBIG:
    case EOVERFLOW:
      return Code::kTooLarge;
    default:
      return Code::kIo;
  }
}

bool EndsTarget(int error) {
  switch (error) {
    // The file system is full, may not be written to, or is not there any more.
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case ENODEV:
    case ENXIO:
    case ENOTCONN:
    // This process has no more of something.
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return true;
    default:
      return false;
  }
}

bool IsFolderGone(int error) { return error == ENOENT || error == ENOTDIR || error == ESTALE; }

Code CodeForSourceErrno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
      return Code::kFileVanished;
    case EFAULT:  // a mapping that goes beyond the file's end
      return Code::kFileShrank;
    case ELOOP:  // a link has taken the file's place
      return Code::kFileChanged;
    case EIO:
      return Code::kIo;
    default:
      return Code::kNotReadable;
  }
}

bool IsUnsupportedErrno(int error) {
  switch (error) {
    case ENOSYS:
    case EPERM:
    case EOPNOTSUPP:
    case EINVAL:
    case EXDEV:
    case ENOTTY:
    case ETXTBSY:
      return true;
    default:
      return false;
  }
}

Code CodeForConnectionErrno(int error) {
  if (error == 0 || IsConnectionErrno(error)) return Code::kPeerGone;
  // Of a sealed stream: what arrived is not what the peer sent, or no record.
  if (error == EBADMSG) return Code::kCheckFailed;
  return IsRecordErrno(error) ? Code::kProtocol : Code::kIo;
}

bool IsRecordErrno(int error) { return error == EBADMSG || error == EPROTO || error == EMSGSIZE; }

bool IsConnectionErrno(int error) {
  switch (error) {
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace penstock
