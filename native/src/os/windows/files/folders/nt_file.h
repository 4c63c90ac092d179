// Opens, renames and removes by a name inside an open folder, which Win32 calls cannot: they take whole paths. No call
// follows a link or another reparse point, and names are not interpreted.
#pragma once

#include <string>

#include "system/unique_fd.h"

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
/** The existing folder of this name, held so that no program can move it. ENOTDIR for a link or anything else. */
UniqueFd OpenFolderAt(Descriptor folder, const std::wstring& name);

/** 0, or errno. EEXIST if the name is taken and `replace` is false. `file` needs DELETE access. */
int RenameTo(Descriptor file, Descriptor folder, const std::wstring& name, bool replace);
/** Removes an open file or empty folder, at once if the system can. 0, or errno. Needs DELETE access. */
int Remove(Descriptor file);

/** FILE_ATTRIBUTE_* of an open file; INVALID_FILE_ATTRIBUTES with errno. */
DWORD AttributesOf(Descriptor file);
/** Whether the file was opened so that writes to it wait for the disk. */
bool IsWriteThrough(Descriptor file);
bool IsLink(DWORD attributes);
bool IsFolder(DWORD attributes);

}  // namespace penstock
