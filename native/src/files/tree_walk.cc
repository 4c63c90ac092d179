#include "files/tree_walk.h"

#include <utility>

#include "files/tree_level.h"

namespace penstock {

struct TreeWalk::State {
  struct Level {
    std::unique_ptr<TreeLevel> entries;
    int32_t number;
  };

  std::string path;
  std::vector<Level> levels;
  int32_t count = 0;
  bool begun = false;

  void Begin() {
    begun = true;
    levels.push_back({OpenTree(path), -1});
  }

  void Add(TreePiece* piece) {
    const Level& level = levels.back();
    TreeEntry entry = level.entries->Next(levels.size() <= kMaxDepth);
    const bool examined = !entry.failure || entry.failure->error == 0;
    if (entry.failure) piece->failures.push_back(entry.failure->of(static_cast<uint32_t>(piece->parents.size())));
    piece->parents.push_back(level.number);
    piece->names += entry.name;
    piece->names += '\0';
    if (entry.target) piece->targets += *entry.target + '\0';
    piece->modes.push_back(examined ? entry.mode : 0);
    piece->sizes.push_back(entry.size);
    piece->times.push_back(entry.time);
    const int32_t number = count++;
    if (entry.below) levels.push_back({std::move(entry.below), number});
  }
};

TreeWalk::TreeWalk(std::string path) : state_(std::make_unique<State>()) { state_->path = std::move(path); }

TreeWalk::~TreeWalk() = default;

TreePiece TreeWalk::Next(size_t limit) {
  if (!state_->begun) state_->Begin();
  TreePiece piece;
  while (piece.parents.size() < limit) {
    while (!state_->levels.empty() && state_->levels.back().entries->AtEnd()) state_->levels.pop_back();
    if (state_->levels.empty()) break;
    state_->Add(&piece);
  }
  return piece;
}

}  // namespace penstock
