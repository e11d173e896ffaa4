#include "dns/encoding.hpp"

#include <array>

namespace rollcall::dns {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::string_view kBase32 = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using Values = std::array<std::int8_t, 256>;

/// The value of each digit; -1 for octets that are no digit.
constexpr Values values_of(std::string_view digits, bool any_case) {
  Values values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto digit = static_cast<unsigned char>(digits[i]);
    values[digit] = static_cast<std::int8_t>(i);
    if (any_case && digit >= 'A' && digit <= 'Z') values[digit + 32U] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr Values kHexValues = values_of(kHex, true);
constexpr Values kBase32Values = values_of(kBase32, true);
constexpr Values kBase64Values = values_of(kBase64, false);

std::string encode(Bytes octets, std::string_view digits, unsigned width) {
  std::string text;
  text.reserve(octets.size() * 8 / width + 4);
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const std::uint8_t octet : octets) {
    buffer = (buffer << 8 | octet) & 0xffff;
    for (bits += 8; bits >= width; bits -= width) {
      text += digits[buffer >> (bits - width) & ((1U << width) - 1)];
    }
  }
  if (bits > 0) text += digits[buffer << (width - bits) & ((1U << width) - 1)];
  return text;
}

/// Whole octets only: the bits left over must be zero and fewer than a digit has.
bool decode(std::string_view text, const Values& values, unsigned width,
            std::vector<std::uint8_t>& out) {
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const char digit : text) {
    const std::int8_t value = values[static_cast<unsigned char>(digit)];
    if (value < 0) return false;
    buffer = (buffer << width | static_cast<std::uint8_t>(value)) & 0xffff;
    bits += width;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(buffer >> bits));
  }
  return bits < width && (buffer & ((1U << bits) - 1)) == 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string to_hex(Bytes octets) {
  return encode(octets, kHex, 4);
}

std::string to_base64(Bytes octets) {
  std::string text = encode(octets, kBase64, 6);
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string to_base32hex(Bytes octets) {
  return encode(octets, kBase32, 5);
}

int hex_value(char digit) noexcept {
  return kHexValues[static_cast<unsigned char>(digit)];
}

bool from_hex(std::string_view text, std::vector<std::uint8_t>& out) {
  return text.size() % 2 == 0 && decode(text, kHexValues, 4, out);
}

bool from_base64(std::string_view text, std::vector<std::uint8_t>& out) {
  if (text.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kBase64Values, 6, out);
}

bool from_base32hex(std::string_view text, std::vector<std::uint8_t>& out) {
  return decode(text, kBase32Values, 5, out);
}

std::optional<std::uint8_t> read_escape(std::string_view text, std::size_t& at) noexcept {
  const std::string_view rest = text.substr(at + 1);
  if (rest.empty()) return std::nullopt;
  if (!is_digit(rest[0])) {
    at += 2;
    return static_cast<std::uint8_t>(rest[0]);
  }
  if (rest.size() < 3 || !is_digit(rest[1]) || !is_digit(rest[2])) return std::nullopt;
  const int value = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  if (value > 255) return std::nullopt;
  at += 4;
  return static_cast<std::uint8_t>(value);
}

void append_escaped(std::string& out, std::uint8_t octet, std::string_view special) {
  const char c = static_cast<char>(octet);
  if (octet < 0x20 || octet > 0x7e) {
    out += '\\';
    out += static_cast<char>('0' + octet / 100);
    out += static_cast<char>('0' + octet / 10 % 10);
    out += static_cast<char>('0' + octet % 10);
    return;
  }
  if (special.find(c) != std::string_view::npos) out += '\\';
  out += c;
}

}  // namespace rollcall::dns
