#include "zone/generate.hpp"

#include <fmt/format.h>

#include <optional>

#include "core/number.hpp"

namespace rollcall::zone {
namespace {

inline constexpr std::uint32_t kMaxWidth = 255;  // no name or text is wider

struct Modifier {
  std::int64_t offset = 0;
  std::uint32_t width = 0;
  char base = 'd';
};

/// A number that may have a plus sign, as in `${+8}`.
template <class Number>
std::optional<Number> parse_signed(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return parse_number<Number>(text);
}

/// Reads the text between the braces: offset[,width[,base]].
std::optional<Modifier> parse_modifier(std::string_view text) {
  Modifier modifier;
  const std::size_t first = text.find(',');
  const std::optional<std::int32_t> offset = parse_signed<std::int32_t>(text.substr(0, first));
  if (!offset) return std::nullopt;
  modifier.offset = *offset;
  if (first == std::string_view::npos) return modifier;
  text.remove_prefix(first + 1);
  const std::size_t second = text.find(',');
  const std::optional<std::uint32_t> width = parse_signed<std::uint32_t>(text.substr(0, second));
  if (!width || *width > kMaxWidth) return std::nullopt;
  modifier.width = *width;
  if (second == std::string_view::npos) return modifier;
  const std::string_view base = text.substr(second + 1);
  if (base.size() != 1 || std::string_view("doxXnN").find(base[0]) == std::string_view::npos) {
    return std::nullopt;
  }
  modifier.base = base[0];
  return modifier;
}

/// The width counts digits and dots: an even width ends in a dot, which makes an owner absolute.
std::string nibbles(std::uint64_t value, std::uint32_t width, bool upper) {
  const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  do {
    text += digits[value & 15];
    value >>= 4;
    if (value > 0 || text.size() < width) text += '.';
  } while (value > 0 || text.size() < width);
  return text;
}

std::string format_value(std::uint64_t value, const Modifier& modifier) {
  switch (modifier.base) {
    case 'o':
      return fmt::format("{:0{}o}", value, modifier.width);
    case 'x':
      return fmt::format("{:0{}x}", value, modifier.width);
    case 'X':
      return fmt::format("{:0{}X}", value, modifier.width);
    case 'n':
    case 'N':
      return nibbles(value, modifier.width, modifier.base == 'N');
    default:
      return fmt::format("{:0{}}", value, modifier.width);
  }
}

}  // namespace

Result<GenerateRange> parse_generate_range(std::string_view text) {
  const auto wrong = [text] {
    return fail(fmt::format("expected a range as 1-254 or 0-100/10, found \"{}\"", text));
  };
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == std::string_view::npos || (slash != std::string_view::npos && slash < dash)) {
    return wrong();
  }
  const auto start = parse_signed<std::uint32_t>(text.substr(0, dash));
  const auto stop = parse_signed<std::uint32_t>(text.substr(dash + 1, slash - dash - 1));
  const auto step = slash == std::string_view::npos
                        ? std::optional<std::uint32_t>(1)
                        : parse_signed<std::uint32_t>(text.substr(slash + 1));
  if (!start || !stop || !step || *step == 0 || *start > *stop) return wrong();
  if ((*stop - *start) / *step >= kMaxGenerated) {
    return fail(fmt::format("\"{}\" generates more than {} records", text, kMaxGenerated));
  }
  return GenerateRange{*start, *stop, *step};
}

Result<std::string> generate(std::string_view pattern, std::uint32_t value) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (pattern[i] == '\\') {
      if (next != '$') text += '\\';
      if (next != '\0') text += pattern[++i];
    } else if (pattern[i] != '$') {
      text += pattern[i];
    } else if (next == '$') {
      text += '$';
      ++i;
    } else if (next != '{') {
      text += std::to_string(value);
    } else {
      const std::size_t close = pattern.find('}', i);
      const std::string_view inside =
          pattern.substr(i + 2, close == std::string_view::npos ? close : close - i - 2);
      const std::optional<Modifier> modifier =
          close == std::string_view::npos ? std::nullopt : parse_modifier(inside);
      if (!modifier) {
        return fail(
            fmt::format("expected ${{offset,width,base}} with a base of d o x X n N, "
                        "found \"{}\"",
                        pattern.substr(i)));
      }
      const std::int64_t number = modifier->offset + value;
      if (number < 0) return fail(fmt::format("\"{}\" is below 0 for {}", pattern, value));
      text += format_value(static_cast<std::uint64_t>(number), *modifier);
      i = close;
    }
  }
  return text;
}

}  // namespace rollcall::zone
