#include "health/http_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/letters.hpp"
#include "core/number.hpp"
#include "core/trimmed.hpp"

namespace rollcall::health {
namespace {

// RFC 9110 section 15: three digits, 100 to 599. Replies of 1xx come before the reply itself
// (15.2).
constexpr unsigned kLeastStatus = 200;
constexpr unsigned kMostStatus = 599;

std::optional<std::uint16_t> parse_status(std::string_view text) {
  const auto status = parse_number<std::uint16_t>(trimmed(text));
  if (!status || *status < kLeastStatus || *status > kMostStatus) return std::nullopt;
  return status;
}

bool has_header(const HttpCheck& check, std::string_view name) {
  return std::ranges::any_of(check.headers,
                             [&](const auto& header) { return same_letters(header.first, name); });
}

}  // namespace

std::string http_request(const HttpCheck& check, std::string_view host, std::uint16_t port) {
  const std::uint16_t usual = check.tls ? 443 : 80;
  const bool bare_v6 = host.contains(':') && !host.starts_with('[');
  const std::string name = bare_v6 ? fmt::format("[{}]", host) : std::string(host);
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}", check.method, check.path, name);
  if (port != usual) text += fmt::format(":{}", port);
  text += "\r\n";
  if (!has_header(check, "User-Agent")) text += "User-Agent: rollcall/" ROLLCALL_VERSION "\r\n";
  if (!has_header(check, "Accept")) text += "Accept: */*\r\n";
  for (const auto& [header, value] : check.headers)
    text += fmt::format("{}: {}\r\n", header, value);
  // RFC 9110 section 8.6: a request that may have content must say that it has none.
  if (check.method == "POST" || check.method == "PUT") text += "Content-Length: 0\r\n";
  return text + "Connection: close\r\n\r\n";
}

Result<std::vector<StatusRange>> parse_status_ranges(std::string_view text) {
  std::vector<StatusRange> ranges;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    const std::size_t dash = item.find('-');
    const auto first = parse_status(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_status(item.substr(dash + 1));
    if (!first || !last || *first > *last) {
      return fail(fmt::format("must be statuses from {} to {} such as \"200-299, 401\", not \"{}\"",
                              kLeastStatus, kMostStatus, item));
    }
    ranges.push_back({*first, *last});
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

bool is_expected(const HttpCheck& check, unsigned status) noexcept {
  return std::ranges::any_of(check.expect_status, [&](const StatusRange& range) {
    return status >= range.first && status <= range.last;
  });
}

}  // namespace rollcall::health
