// Times of received entries. A file system may round them, limit them, or ignore them in silence.
#pragma once

#include <ctime>
#include <string>

namespace penstock {

/**
 * Sets both times of an open file or folder: file systems of FUSE 2 ignore a call that leaves one out. Throws SystemError;
 * `path` is for its text.
 */
void SetTime(int file, const timespec& time, const std::string& path);
/** The same for a link. */
void SetLinkTime(int folder, const std::string& name, const timespec& time);

/**
 * The time that the file system has for a file whose time was set to `set`, for comparison with others of that file system;
 * `set` if that was ignored.
 */
timespec StoredTime(int file, const timespec& set);
timespec StoredLinkTime(int folder, const std::string& name, const timespec& set);

}  // namespace penstock
