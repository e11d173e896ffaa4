#include "core/service_name.hpp"

#include <algorithm>

namespace rollcall {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_service_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > kMaxServiceName || !is_letter_or_digit(text.front())) {
    return false;
  }
  return std::ranges::all_of(
      text, [](char c) { return is_letter_or_digit(c) || std::string_view("-_.@").contains(c); });
}

}  // namespace rollcall
