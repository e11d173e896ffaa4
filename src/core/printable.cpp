#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rollcall {
namespace {

struct CodeRange {
  char32_t first, last;
};

/// The Unicode Standard: Cc, the Bidi_Control property, and the separators Zl and Zp.
constexpr std::array<CodeRange, 7> kHidden{{{0x00, 0x1F},
                                            {0x7F, 0x9F},
                                            {0x061C, 0x061C},
                                            {0x200E, 0x200F},
                                            {0x2028, 0x2029},
                                            {0x202A, 0x202E},
                                            {0x2066, 0x2069}}};

constexpr bool is_hidden(char32_t code) noexcept {
  return std::ranges::any_of(kHidden, [code](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

std::uint8_t octet_at(std::string_view text, std::size_t i) noexcept {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
}

/// @param character one that is well-formed
char32_t code_of(std::string_view character) noexcept {
  if (character.size() == 1) return octet_at(character, 0);
  char32_t code = octet_at(character, 0) & (0x7F >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) {
    code = code << 6 | (octet_at(character, i) & 0x3F);
  }
  return code;
}

void append_hex(std::string& out, char32_t value, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kDigits[value >> shift & 0xF];
}

void append_escape(std::string& out, char32_t code) {
  if (code == '\n') {
    out += "\\n";
  } else if (code == '\r') {
    out += "\\r";
  } else if (code == '\t') {
    out += "\\t";
  } else if (code < 0x80) {
    out += "\\x";
    append_hex(out, code, 2);
  } else {
    out += "\\u";
    append_hex(out, code, 4);
  }
}

std::string escaped(std::string_view text, bool block) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0) {
      out += "\\x";
      append_hex(out, octet_at(text, 0), 2);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, size);
    const char32_t code = code_of(character);
    if (block && text.starts_with("\r\n")) {
      text.remove_prefix(1);  // the LF follows
      continue;
    }
    if (!is_hidden(code) || (block && (code == '\n' || code == '\t'))) {
      out += character;
    } else {
      append_escape(out, code);
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

/// The Unicode Standard, table 3-7.
std::size_t character_size(std::string_view text) noexcept {
  const auto follows = [&](std::size_t i) { return (octet_at(text, i) & 0xC0) == 0x80; };
  if (text.empty()) return 0;
  const std::uint8_t first = octet_at(text, 0);
  const std::uint8_t second = octet_at(text, 1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool good_second = first == 0xE0 ? second >= 0xA0 : first == 0xED ? second <= 0x9F : true;
    return good_second && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool good_second = first == 0xF0 ? second >= 0x90 : first == 0xF4 ? second <= 0x8F : true;
    return good_second && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

std::string printable(std::string_view text) {
  return escaped(text, false);
}

std::string printable_block(std::string_view text) {
  return escaped(text, true);
}

bool is_printable(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0 || is_hidden(code_of(text.substr(0, size)))) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace rollcall
