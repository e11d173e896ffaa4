/// Integers that cannot be confused: ids of different kinds are different types.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace rollcall {

template <class Tag, class Rep = std::uint32_t>
struct StrongId {
  Rep value{};

  auto operator<=>(const StrongId&) const = default;
};

/// An RRset's place in its zone's watch table.
using WatchId = StrongId<struct WatchIdTag>;

}  // namespace rollcall

template <class Tag, class Rep>
struct std::hash<rollcall::StrongId<Tag, Rep>> {
  std::size_t operator()(const rollcall::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
