/// A vector whose places are ids of one kind: an id of another kind does not index it.
#pragma once

#include <cstdint>
#include <ranges>
#include <vector>

namespace rollcall {

/// @tparam Id a StrongId
template <class Id, class T>
class IdVector : public std::vector<T> {
 public:
  using std::vector<T>::vector;

  T& operator[](Id id) noexcept { return std::vector<T>::operator[](id.value); }
  const T& operator[](Id id) const noexcept { return std::vector<T>::operator[](id.value); }

  bool has(Id id) const noexcept { return id.value < this->size(); }
  /// Of the element that is added next.
  Id next_id() const noexcept { return {static_cast<std::uint32_t>(this->size())}; }
  /// All of them, in order. What is added meanwhile is not among them.
  auto ids() const {
    return std::views::iota(std::uint32_t{0}, static_cast<std::uint32_t>(this->size())) |
           std::views::transform([](std::uint32_t value) { return Id{value}; });
  }
  /// @pre `element` is one of these
  Id id_of(const T& element) const noexcept {
    return {static_cast<std::uint32_t>(&element - this->data())};
  }
};

}  // namespace rollcall
