// Opening, renaming and removing by a name inside an open folder: what the Win32 calls, which take whole paths, do not
// have. No call here follows a link or another reparse point, and no name is read in any way.
#pragma once

#include <string>

#include "base/unique_fd.h"

namespace penstock {

/** How a name is opened; the fields are those of NtCreateFile. */
struct OpenRequest {
  ACCESS_MASK access = 0;
  ULONG disposition = 0;
  ULONG options = 0;
  ULONG share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
};

/** Opens one name in `folder`; a link is opened itself. Invalid with errno. */
UniqueFd OpenAt(Descriptor folder, const std::wstring& name, const OpenRequest& request);
/** The existing folder of this name, held so that nobody can move it away. ENOTDIR for a link or anything else. */
UniqueFd OpenFolderAt(Descriptor folder, const std::wstring& name);

/** 0, or errno. EEXIST where the name is taken and `replace` is false. `file` needs DELETE access. */
int RenameTo(Descriptor file, Descriptor folder, const std::wstring& name, bool replace);
/** Makes an open file or empty folder go away, at once where the system can. 0, or errno. Needs DELETE access. */
int Remove(Descriptor file);

/** FILE_ATTRIBUTE_* of an open file; INVALID_FILE_ATTRIBUTES with errno. */
DWORD AttributesOf(Descriptor file);
/** Whether the file was opened so that writes to it wait for the disk. */
bool IsWriteThrough(Descriptor file);
bool IsLink(DWORD attributes);
bool IsFolder(DWORD attributes);

}  // namespace penstock
