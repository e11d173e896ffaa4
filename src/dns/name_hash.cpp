#include "dns/name_hash.hpp"

#include <array>

#include "dns/name.hpp"

namespace rollcall::dns {

std::uint64_t hash_label(std::uint64_t suffix, const std::uint8_t* label) noexcept {
  const std::size_t size = label[0];
  std::array<std::uint8_t, kMaxLabelSize + kHashSlack> roomy;
  std::memcpy(roomy.data(), label + 1, size);
  return hash_octets(suffix, roomy.data(), size);
}

std::uint64_t hash_name(Bytes wire) noexcept {
  std::array<std::uint8_t, kMaxLabels> starts;
  std::size_t count = 0;
  for (std::size_t i = 0; wire[i] != 0; i += wire[i] + 1U) {
    starts[count++] = static_cast<std::uint8_t>(i);
  }
  std::uint64_t hash = kRootHash;
  while (count > 0) hash = hash_label(hash, wire.data() + starts[--count]);
  return hash;
}

std::size_t hash_without_case(Bytes wire) noexcept {
  std::array<std::uint8_t, kMaxNameSize + kHashSlack> lowered;
  std::ranges::transform(wire, lowered.data(), lower);
  return static_cast<std::size_t>(hash_name({lowered.data(), wire.size()}));
}

}  // namespace rollcall::dns

std::size_t std::hash<rollcall::dns::Name>::operator()(
    const rollcall::dns::Name& name) const noexcept {
  return rollcall::dns::hash_without_case(name.wire());
}
