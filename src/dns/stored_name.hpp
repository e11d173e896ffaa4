/// A domain name that is kept for long: it takes as many octets as it has, on the heap, where a
/// Name takes 256. With tens of thousands of zones, each of which is known in many places by its
/// name, that is most of their memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/bytes.hpp"
#include "dns/name.hpp"

namespace rollcall::dns {

/// Uncompressed wire form, letters in their case, as in Name; compares without case. It becomes a
/// Name, and a Name becomes one, wherever the other is wanted. Only a new one allocates.
class StoredName {
 public:
  StoredName() : StoredName(Name()) {}
  StoredName(const Name& name) : StoredName(name.wire()) {}  // NOLINT: see above
  StoredName(const StoredName& other) : StoredName(other.wire()) {}
  StoredName(StoredName&& other) noexcept = default;
  StoredName& operator=(const StoredName& other) { return *this = StoredName(other); }
  StoredName& operator=(StoredName&& other) noexcept = default;
  ~StoredName() = default;

  operator Name() const noexcept { return name(); }  // NOLINT: see above
  Name name() const noexcept { return Name(wire()); }

  /// Not of one that was moved from.
  Bytes wire() const noexcept { return {octets_.get(), size_}; }
  std::size_t size() const noexcept { return size_; }

  std::size_t label_count() const noexcept { return dns::label_count(octets_.get()); }
  std::string to_text() const { return name().to_text(); }
  std::string to_display() const { return name().to_display(); }

  friend bool operator==(const StoredName& a, const StoredName& b) noexcept {
    return same_name(a.wire(), b.wire());
  }
  friend bool operator==(const StoredName& a, const Name& b) noexcept {
    return same_name(a.wire(), b.wire());
  }

 private:
  explicit StoredName(Bytes wire)
      : octets_(std::make_unique_for_overwrite<std::uint8_t[]>(wire.size())),
        size_(static_cast<std::uint8_t>(wire.size())) {
    std::ranges::copy(wire, octets_.get());
  }

  std::unique_ptr<std::uint8_t[]> octets_;
  std::uint8_t size_;
};

/// For unordered containers of stored names, in which names of both kinds are looked up.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(const Name& name) const noexcept { return hash_without_case(name.wire()); }
  std::size_t operator()(const StoredName& name) const noexcept {
    return hash_without_case(name.wire());
  }
};

}  // namespace rollcall::dns
