#include "os/posix/files/folders/long_path.h"

#include <fcntl.h>

#include <cerrno>
#include <climits>
#include <string>

#include "os/posix/files/folders/file_system.h"

namespace penstock {
namespace {

/** Takes the longest beginning of `rest` that one call takes, up to a slash; all of it where it has no such slash. */
std::string TakePiece(std::string_view* rest) {
  size_t end = rest->size();
  if (end >= PATH_MAX) {
    const size_t slash = rest->rfind('/', PATH_MAX - 1);
    if (slash != std::string_view::npos && slash > 0) end = slash;
  }
  std::string piece(rest->substr(0, end));
  rest->remove_prefix(end);
  // A path that begins with a slash would begin at the root.
  while (!rest->empty() && rest->front() == '/') rest->remove_prefix(1);
  return piece;
}

}  // namespace

UniqueFd OpenInPieces(int from, std::string_view path, const OpenPiece& open) {
  UniqueFd current;
  do {
    const std::string piece = TakePiece(&path);
    current = UniqueFd(open(current.valid() ? current.get() : from, piece.c_str()));
  } while (current.valid() && !path.empty());
  return current;
}

UniqueFd OpenFolderAt(std::string_view path, int flags) {
  return OpenInPieces(AT_FDCWD, path, [flags](int folder, const char* piece) {
    return ::openat(folder, piece, flags | O_DIRECTORY | O_CLOEXEC);
  });
}

UniqueFd OpenNearestFolder(std::string_view path) {
  UniqueFd folder = OpenFolderAt(path, kPassFlags);
  if (folder.valid() || errno != ENOTDIR) return folder;
  return OpenFolderAt(path.substr(0, path.rfind('/') + 1), kPassFlags);
}

}  // namespace penstock
