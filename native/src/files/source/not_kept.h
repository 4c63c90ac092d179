// What entries have at their source and do not keep when they are sent or copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock {

enum class NotKept : uint8_t { kOwner, kHardLink, kAccessList, kCapability, kAttribute };
constexpr size_t kNotKeptKinds = 5;

/** Entries of each kind, or whether one entry is of it. */
template <typename Value>
class NotKeptTable {
 public:
  Value& operator[](NotKept kind) { return values_[static_cast<size_t>(kind)]; }
  const Value& operator[](NotKept kind) const { return values_[static_cast<size_t>(kind)]; }

 private:
  std::array<Value, kNotKeptKinds> values_{};
};

}  // namespace penstock
