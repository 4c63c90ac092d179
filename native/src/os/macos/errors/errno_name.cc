// macOS has no strerrorname_np: the names that the core and the messages use.
#include <cerrno>
#include <utility>

#include "errors/errors.h"

namespace penstock {

const char* ErrnoText(int error) {
  static constexpr std::pair<int, const char*> kNames[] = {
      {EACCES, "EACCES"},
      {EADDRINUSE, "EADDRINUSE"},
      {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
      {EAFNOSUPPORT, "EAFNOSUPPORT"},
      {EAGAIN, "EAGAIN"},
      {EBADF, "EBADF"},
      {EBADMSG, "EBADMSG"},
      {EBUSY, "EBUSY"},
      {ECANCELED, "ECANCELED"},
      {ECONNABORTED, "ECONNABORTED"},
      {ECONNREFUSED, "ECONNREFUSED"},
      {ECONNRESET, "ECONNRESET"},
      {EDQUOT, "EDQUOT"},
      {EEXIST, "EEXIST"},
      {EFAULT, "EFAULT"},
      {EFBIG, "EFBIG"},
      {EHOSTDOWN, "EHOSTDOWN"},
      {EHOSTUNREACH, "EHOSTUNREACH"},
      {EINTR, "EINTR"},
      {EINVAL, "EINVAL"},
      {EIO, "EIO"},
      {EISDIR, "EISDIR"},
      {ELOOP, "ELOOP"},
      {EMFILE, "EMFILE"},
      {EMLINK, "EMLINK"},
      {ENAMETOOLONG, "ENAMETOOLONG"},
      {ENETDOWN, "ENETDOWN"},
      {ENETUNREACH, "ENETUNREACH"},
      {ENFILE, "ENFILE"},
      {ENODEV, "ENODEV"},
      {ENOENT, "ENOENT"},
      {ENOMEM, "ENOMEM"},
      {ENOSPC, "ENOSPC"},
      {ENOSYS, "ENOSYS"},
      {ENOTCONN, "ENOTCONN"},
      {ENOTDIR, "ENOTDIR"},
      {ENOTEMPTY, "ENOTEMPTY"},
      {ENOTSUP, "ENOTSUP"},
      {EOPNOTSUPP, "EOPNOTSUPP"},
      {EPERM, "EPERM"},
      {EPIPE, "EPIPE"},
      {EROFS, "EROFS"},
      {ESTALE, "ESTALE"},
      {ETIMEDOUT, "ETIMEDOUT"},
      {EXDEV, "EXDEV"},
  };
  for (const auto& [value, name] : kNames) {
    if (value == error) return name;
  }
  return "EUNKNOWN";
}

}  // namespace penstock
