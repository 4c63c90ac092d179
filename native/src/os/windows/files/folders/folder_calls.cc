#include "os/windows/files/folders/folder_calls.h"

#include <utility>

#include "files/folders/parent_folder.h"
#include "files/target/file_ops.h"
#include "os/windows/base/wide.h"
#include "os/windows/errors/system_errors.h"
#include "os/windows/files/folders/nt_file.h"
#include "os/windows/files/names/name_rules.h"

namespace penstock {

void Fail(const char* syscall_name, const std::string& path, int error) {
  throw SystemError(error, syscall_name, path);
}

std::wstring PlainName(const std::string& name, const std::string& path) {
  // The core rejects such names with a reason. A caller that did not check must not leave the folder.
  if (!IsPlainName(name)) Fail("NtCreateFile", path, EINVAL);
  return ToWide(name);
}

BY_HANDLE_FILE_INFORMATION FactsOf(Descriptor file, const std::string& path) {
  BY_HANDLE_FILE_INFORMATION facts{};
  if (::GetFileInformationByHandle(HandleOf(file), &facts) != 0) return facts;
  FailWithLastError();
  Fail("GetFileInformationByHandle", path);
}

// Holds each folder of the path open, so that none can be moved or replaced by a link while the next is opened.
UniqueFd OpenFolderBeneath(Descriptor folder, const std::string& path) {
  UniqueFd current;
  size_t start = 0;
  while (true) {
    const size_t slash = path.find('/', start);
    const std::string name = path.substr(start, slash == std::string::npos ? slash : slash - start);
    UniqueFd next = OpenFolderAt(current.valid() ? current.get() : folder, PlainName(name, path));
    if (!next.valid()) Fail("NtCreateFile", path);
    current = std::move(next);
    if (slash == std::string::npos) return current;
    start = slash + 1;
  }
}

}  // namespace penstock
