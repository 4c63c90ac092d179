#include "os/posix/files/source/source_folder.h"

#include "os/posix/files/folders/file_system.h"
#include "os/posix/files/folders/long_path.h"
#include "os/posix/files/folders/open_below.h"
#include "os/posix/system/posix_calls.h"

namespace penstock {

SourceFolder::~SourceFolder() {
  Close(folder_);
  Close(root_);
}

int SourceFolder::Of(const SourcePath& file) {
  const std::string_view path = file.path;
  const size_t slash = path.rfind('/');
  const std::string_view folder = path.substr(0, slash == 0 ? 1 : slash);
  const std::string_view root = file.root == 0 ? folder : path.substr(0, file.root);
  if (!OpenRoot(root)) return -1;
  if (folder.size() <= root.size()) return root_.fd.get();
  if (folder_.fd.valid() && folder_.path == folder) return folder_.fd.get();
  Close(folder_);
  const size_t below = folder.find_first_not_of('/', root.size());
  folder_.fd = OpenBelow(calls_, root_.fd.get(), std::string(folder.substr(below)), kPassFlags);
  if (folder_.fd.valid()) folder_.path = folder;
  return folder_.fd.get();
}

bool SourceFolder::OpenRoot(std::string_view path) {
  if (root_.fd.valid() && root_.path == path) return true;
  Close(folder_);
  Close(root_);
  PosixCalls calls(calls_);
  root_.fd = OpenInPieces(AT_FDCWD, path, [&calls](int folder, const char* piece) {
    return calls.Open(folder, piece, kPassFlags | O_DIRECTORY | O_CLOEXEC);
  });
  if (root_.fd.valid()) root_.path = path;
  return root_.fd.valid();
}

// Counted, unlike the destructor of UniqueFd.
void SourceFolder::Close(Kept& kept) {
  if (kept.fd.valid()) calls_.Close(kept.fd.release());
  kept.path.clear();
}

}  // namespace penstock
