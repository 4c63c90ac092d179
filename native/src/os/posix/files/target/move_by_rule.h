// How a finished entry gets its name.
#pragma once

#include <ctime>
#include <string>

#include "errors/failure.h"
#include "files/target/file_ops.h"

namespace penstock {

/** A finished file or link under a name of its own. */
struct Finished {
  int folder = -1;
  std::string name;
  /** Its time, as its file system has it. */
  timespec time{};
};

/** Renames without replacing; EEXIST if the name is taken, EXDEV if it is on another file system. */
Failure RenameExclusively(int from, const std::string& from_name, int to, const std::string& to_name);

/** Gives it a name in `parent` by the rule. `kept`: an entry that has the name stays. EXDEV as above. */
Failure MoveByRule(const Finished& entry, int parent, const std::string& name, ReplaceRule rule, bool* kept);

/** How MoveByRule would end for an entry with this time; nothing is moved. */
Failure LookByRule(const timespec& time, int parent, const std::string& name, ReplaceRule rule, bool* kept);

}  // namespace penstock
