/// What a member said, as a message for people has it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "health/text_pattern.hpp"

namespace rollcall::health {

/// What a probe reads of a reply or a body before it gives up looking: a health page is short.
inline constexpr std::size_t kMaxReplySearched = 8UL * 1024;  // octets

/// The first line of a reply for a message to people: at most 60 characters, control characters as
/// dots.
std::string reply_excerpt(std::string_view reply);

/// `expected "250", got "550 go away"`
std::string unexpected(const TextPattern& expect, std::string_view seen);

/// `must not say "maintenance", got "220 down for maintenance"`: the line in which it stands.
std::string rejected(const TextPattern& reject, std::string_view seen);

}  // namespace rollcall::health
