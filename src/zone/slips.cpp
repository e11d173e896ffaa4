#include "zone/slips.hpp"

#include <algorithm>
#include <array>

#include "core/ip_address.hpp"

namespace rollcall::zone {
namespace {

/// The labels before `origin` as text without a final dot; the whole name where it is elsewhere.
std::string head_text(const dns::Name& name, const dns::Name& origin) {
  std::string text = name.to_text();
  if (name.is_at_or_below(origin) && !origin.is_root()) {
    text.resize(text.size() - std::min(text.size(), origin.to_text().size()));
  }
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::optional<std::string> address_in_place_of(const dns::Name& name, const dns::Name& origin) {
  const std::string head = head_text(name, origin);
  const std::optional<IpAddress> address = IpAddress::parse(head);
  return address ? std::optional(address->to_string()) : std::nullopt;
}

std::optional<std::string> without_final_dot(const dns::Name& name, const dns::Name& origin) {
  static constexpr std::array<std::string_view, 8> kTopLevel{"com", "net",  "org",  "edu",
                                                             "gov", "info", "arpa", "biz"};
  if (origin.is_root() || !name.is_at_or_below(origin)) return std::nullopt;
  std::string head = head_text(name.lowered(), origin.lowered());
  const std::size_t dot = head.rfind('.');
  const bool twice = has_origin_twice(name.lowered().wire(), origin.lowered().wire());
  const bool elsewhere =
      dot != std::string::npos &&
      std::ranges::find(kTopLevel, std::string_view(head).substr(dot + 1)) != kTopLevel.end();
  return twice || elsewhere ? std::optional(std::move(head)) : std::nullopt;
}

bool has_origin_twice(Bytes name, Bytes origin) noexcept {
  const std::size_t labels = origin.size() - 1;  // their octets, without the root's
  if (labels == 0 || name.size() < origin.size() + labels) return false;
  const std::size_t start = name.size() - origin.size() - labels;
  if (!std::ranges::equal(name.subspan(start, labels), origin.first(labels))) return false;
  std::size_t at = 0;
  while (at < start) at += name[at] + 1U;
  return at == start;
}

bool looks_like_comment(std::string_view word) noexcept {
  return word.starts_with('#') || word.starts_with("//");
}

}  // namespace rollcall::zone
