/// A member's reply as messages for people show it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "health/text_pattern.hpp"

namespace rollcall::health {

/// The part of a reply or a body that a probe searches: a health page is short.
inline constexpr std::size_t kMaxReplySearched = 8UL * 1024;  // octets

/// The first line of a reply for a message to people: at most 60 characters, with dots for control
/// characters.
std::string reply_excerpt(std::string_view reply);

/// `expected "250", got "550 go away"`
std::string unexpected(const TextPattern& expect, std::string_view seen);

/// `must not say "maintenance", got "220 down for maintenance"`: with the line that has the text.
std::string rejected(const TextPattern& reject, std::string_view seen);

}  // namespace rollcall::health
