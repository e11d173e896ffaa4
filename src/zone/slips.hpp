/// Guesses at the meaning of a name that is almost certainly a mistake. Pure functions of the
/// names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "dns/name.hpp"

namespace rollcall::zone {

/// The address that was written in the place of a name: "192.0.2.1" of "192.0.2.1.example.com.".
std::optional<std::string> address_in_place_of(const dns::Name& name, const dns::Name& origin);

/// The text of a name whose final dot is probably missing: "www.example.com" of
/// "www.example.com.example.com.", "mx.example.net" of "mx.example.net.example.com.".
std::optional<std::string> without_final_dot(const dns::Name& name, const dns::Name& origin);

/// True where the name ends in the zone's name twice; fast, because every owner is checked.
/// @param name,origin lower-case wire form
bool has_origin_twice(Bytes name, Bytes origin) noexcept;

/// True for a word with which other formats begin a comment.
bool looks_like_comment(std::string_view word) noexcept;

}  // namespace rollcall::zone
