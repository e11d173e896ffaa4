/// What a parser said, as people read it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "diagnostic_lines.hpp"

namespace rollcall::config {

inline constexpr auto kSend = health::ScriptStep::Kind::send;

/// A machine that knows three services.
inline std::optional<std::uint16_t> three_services(const std::string& name) {
  if (name == "smtp") return 25;
  if (name == "http") return 80;
  if (name == "pop3") return 110;
  return std::nullopt;
}

inline ParsedOptions parse(const std::string& text, const std::string& file = "r.yaml") {
  return parse_options(text, file, three_services);
}

/// The messages; options are there if and only if none of them is an error.
inline std::vector<std::string> messages(const std::string& text) {
  const ParsedOptions parsed = parse(text);
  EXPECT_EQ(parsed.options.has_value(), !has_errors(parsed.diagnostics));
  return lines_of(parsed.diagnostics);
}

/// The messages for a file whose first line is a good zone and whose other lines are `rest`.
inline std::vector<std::string> messages_after_zone(const std::string& rest) {
  return messages("zones: {mydomain.com: {file: db}}\n" + rest);
}

/// The same with a check named web on line 2.
inline std::vector<std::string> messages_after_check(const std::string& rest) {
  return messages_after_zone("checks: {web: {type: http}}\n" + rest);
}

}  // namespace rollcall::config
