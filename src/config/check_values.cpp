// checks: values that several types of checks share, or that need a longer reader.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "config/check_types.hpp"
#include "config/sections.hpp"
#include "core/letters.hpp"
#include "health/http_exchange.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLongestLeft = 24h * 3650;  // ten years: every certificate is degraded

// The headers that the check itself sends in every request.
constexpr std::array<std::string_view, 4> kOwnHeaders{"host", "connection", "content-length",
                                                      "transfer-encoding"};

/// RFC 9110 section 5.6.2: the characters of a header's name.
bool is_header_name(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || kMarks.contains(static_cast<char>(c)));
  });
}

std::optional<health::ScriptStep> read_step(const yaml::Value& value) {
  const yaml::Section section(value, {"send", "expect", "expect_regex"});
  const auto send = section.find("send");
  const int kinds =
      (send ? 1 : 0) + (section.find("expect") ? 1 : 0) + (section.find("expect_regex") ? 1 : 0);
  if (!value.is_map() || kinds != 1) {
    value.error("must be one of {send: TEXT}, {expect: TEXT} and {expect_regex: EXPRESSION}");
    return std::nullopt;
  }
  using Kind = health::ScriptStep::Kind;
  if (!send) return health::ScriptStep{Kind::expect, read_expect(section)};
  const std::optional<std::string> text = send->raw_text();
  if (!text) return std::nullopt;
  return health::ScriptStep{Kind::send, *text};
}

}  // namespace

std::string read_token(const yaml::Value& value, std::string_view forbidden) {
  std::string text = value.text().value_or("");
  const bool good = std::ranges::all_of(
      text, [&](char c) { return c > ' ' && c < 0x7f && !forbidden.contains(c); });
  if (good) return text;
  value.error(fmt::format("must not contain blanks{} or non-ASCII characters: {}",
                          forbidden.empty() ? "" : fmt::format(", \"{}\"", forbidden),
                          yaml::in_quotes(text)));
  return {};
}

void read_headers(const yaml::Value& value, health::HttpCheck& http) {
  for (const yaml::Entry& entry : value.entries()) {
    const std::optional<std::string> text = entry.value.text();
    if (!is_header_name(entry.key)) {
      entry.key_place.plain_error(
          fmt::format("invalid header name {} in {}", yaml::in_quotes(entry.key), value.path()));
    } else if (std::ranges::find(kOwnHeaders, lowered(entry.key)) != kOwnHeaders.end()) {
      entry.key_place.plain_error(
          fmt::format("{}: the check itself sets the header {}{}", value.path(), entry.key,
                      lowered(entry.key) == "host" ? "; use the key \"host\"" : ""));
    } else if (text) {
      http.headers.emplace_back(entry.key, *text);
    }
  }
}

void read_expect_status(const yaml::Value& value, health::HttpCheck& http) {
  http.expect_status.clear();
  const std::vector<yaml::Value> items = value.is_list() ? value.list() : std::vector{value};
  if (items.empty()) value.error("must name at least one status");
  for (const yaml::Value& item : items) {
    const std::optional<std::string> text = item.text();
    if (!text) continue;
    const auto ranges = health::parse_status_ranges(*text);
    if (!ranges) {
      item.error(ranges.error().message);
    } else {
      http.expect_status.insert(http.expect_status.end(), ranges->begin(), ranges->end());
    }
  }
}

health::TextPattern read_pattern(const yaml::Section& section, std::string_view key, bool regex) {
  const auto value = section.find(key);
  const auto text = value ? value->raw_text() : std::nullopt;
  if (!text || text->empty()) return {};
  auto pattern = regex ? health::TextPattern::regex(*text)
                       : Result<health::TextPattern>(health::TextPattern(*text));
  if (!pattern) {
    value->error(fmt::format("is not a valid regular expression: {}", pattern.error().message));
    return {};
  }
  if (pattern->matches_nothing_said()) {
    value->warning(fmt::format("{} matches even an empty reply", yaml::in_quotes(*text)));
  }
  return std::move(*pattern);
}

health::TextPattern read_expect(const yaml::Section& section) {
  const auto both = section.find("expect_regex");
  if (section.find("expect") && both) {
    both->error("cannot be used with \"expect\": use one of them");
  }
  health::TextPattern text = read_pattern(section, "expect", false);
  return text.empty() ? read_pattern(section, "expect_regex", true) : text;
}

std::vector<health::ScriptStep> read_steps(const yaml::Value& value) {
  std::vector<health::ScriptStep> steps;
  const std::vector<yaml::Value> items = value.list();
  if (items.empty() && value.is_list()) value.error("must have at least one step");
  for (const yaml::Value& item : items) {
    if (auto step = read_step(item)) steps.push_back(std::move(*step));
  }
  return steps;
}

health::TlsOptions read_tls(const yaml::Section& section) {
  health::TlsOptions tls;
  if (const auto value = section.find("verify")) {
    tls.verify = read_switch(*value, true);
  }
  if (const auto value = section.find("ca")) {
    tls.ca_file = value->file_path().value_or("");
    if (!tls.verify) value->warning("has no effect: verify is false");
  }
  if (const auto value = section.find("expires_within")) {
    tls.expires_within = value->duration(0s, kLongestLeft).value_or(tls.expires_within);
  }
  return tls;
}

}  // namespace rollcall::config
