/// A domain name in uncompressed wire form (RFC 1035 section 3.1): trivially copyable, no
/// allocation.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace rollcall::dns {

inline constexpr std::size_t kMaxNameSize = 255;  // octets, RFC 1035 section 2.3.4
inline constexpr std::size_t kMaxLabelSize = 63;  // octets, RFC 1035 section 2.3.4
inline constexpr std::size_t kMaxLabels = 128;    // 127 labels of one octet and the root

enum class NameError : std::uint8_t {
  truncated,       // the message ends inside the name
  loop,            // a compression pointer does not point backwards
  label_too_long,  // over 63 octets, or an undefined label type (RFC 6891 section 5)
  name_too_long,   // over 255 octets
};

class Name;

/// A decoded name and the number of octets that it takes at its place in the message.
struct DecodedName;

/// Lower-case for ASCII letters, every other octet as it is (RFC 4343 section 3).
constexpr std::uint8_t lower(std::uint8_t octet) noexcept {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + 32) : octet;
}

/// The number of labels without the root's empty one: 0 for ".". @param wire a valid name
std::size_t label_count(const std::uint8_t* wire) noexcept;

/// Keeps the case of its letters; compares without case (RFC 4343).
class Name {
 public:
  /// The root.
  Name() noexcept : size_(1) { octets_[0] = 0; }  // the rest is never read: 254 zeros saved

  /// Reads presentation format (RFC 1035 section 5.1): labels and dots, `\.`, `\DDD`, "@" for the
  /// origin; a name without a final dot is relative to `origin`.
  static Result<Name> parse(std::string_view text, const Name& origin);
  /// The same with the root as origin.
  static Result<Name> parse(std::string_view text);

  /// Reads as parse() does, into this name: faster for a reader of a million names. An error leaves
  /// the name unchanged.
  Result<void> assign(std::string_view text, const Name& origin);

  /// @param wire exactly one uncompressed name
  static Result<Name, NameError> from_wire(Bytes wire);

  Bytes wire() const noexcept { return {octets_.data(), size_}; }
  std::size_t size() const noexcept { return size_; }
  bool is_root() const noexcept { return size_ == 1; }
  bool is_wildcard() const noexcept { return size_ > 2 && octets_[0] == 1 && octets_[1] == '*'; }

  /// The number of labels without the root's empty one: 0 for ".".
  std::size_t label_count() const noexcept { return dns::label_count(octets_.data()); }

  Name lowered() const noexcept;
  /// Without the first label; the root's parent is the root.
  Name parent() const noexcept;
  /// True for the name itself too.
  bool is_at_or_below(const Name& ancestor) const noexcept;
  /// `label` in front of this name; an error where that exceeds a limit.
  Result<Name, NameError> child(Bytes label) const;

  /// With a final dot; special characters are escaped so that parse() gives the name back.
  std::string to_text() const;
  /// As people write it in configuration and logs: without the final dot (the root stays ".").
  std::string to_display() const;

  /// Without case.
  friend bool operator==(const Name& a, const Name& b) noexcept;

 private:
  friend class StoredName;
  /// @param wire valid
  explicit Name(Bytes wire) noexcept : size_(static_cast<std::uint8_t>(wire.size())) {
    std::copy_n(wire.data(), wire.size(), octets_.data());
  }

  std::uint8_t size_;
  std::array<std::uint8_t, kMaxNameSize> octets_;
};

/// As Name::parse(), without making a Name.
/// @param out where the wire form goes
/// @return the size of the wire form in octets
Result<std::size_t> parse_name(std::string_view text, const Name& origin,
                               std::span<std::uint8_t, kMaxNameSize> out);

struct DecodedName {
  Name name;
  std::size_t consumed = 0;
};

/// Decodes one possibly compressed name that starts at `offset`.
/// @param message the whole message; pointers are relative to its start
/// @see RFC 1035 section 4.1.4
Result<DecodedName, NameError> decode_name(Bytes message, std::size_t offset);

/// RFC 4034 section 6.1: label by label from the right, as lower-case octets; -1, 0 or 1.
int canonical_compare(const Name& a, const Name& b) noexcept;
/// @param a,b valid uncompressed names
int canonical_compare(Bytes a, Bytes b) noexcept;

/// @param a,b valid uncompressed names
bool same_name(Bytes a, Bytes b) noexcept;
/// The same for two names of which same_name() holds. @param wire a valid uncompressed name
std::size_t hash_without_case(Bytes wire) noexcept;

/// Of names of any kind.
struct CanonicalLess {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    return canonical_compare(a.wire(), b.wire()) < 0;
  }
};

}  // namespace rollcall::dns

template <>
struct std::hash<rollcall::dns::Name> {
  std::size_t operator()(const rollcall::dns::Name& name) const noexcept;
};
