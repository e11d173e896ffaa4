/// Guesses at what was meant by a name that is nearly certainly a slip. Pure functions of the
/// names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "dns/name.hpp"

namespace rollcall::zone {

/// The address that stands where a name must: "192.0.2.1" of "192.0.2.1.example.com.".
std::optional<std::string> address_in_place_of(const dns::Name& name, const dns::Name& origin);

/// What was written of a name whose final dot is probably missing: "www.example.com" of
/// "www.example.com.example.com.", "mx.example.net" of "mx.example.net.example.com.".
std::optional<std::string> without_final_dot(const dns::Name& name, const dns::Name& origin);

/// True where the zone's name stands twice at the end; quick, as it is asked of every owner.
/// @param name,origin lower-case wire form
bool has_origin_twice(Bytes name, Bytes origin) noexcept;

/// True for a word that other formats begin a comment with.
bool looks_like_comment(std::string_view word) noexcept;

}  // namespace rollcall::zone
