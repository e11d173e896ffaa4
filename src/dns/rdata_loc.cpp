/// LOC: where on earth (RFC 1876).
#include <cstdlib>

#include "dns/rdata_special.hpp"

namespace rollcall::dns {
namespace {

constexpr std::uint32_t kEquator = 0x80000000U;  // thousandths of a second of arc
constexpr std::uint32_t kDegree = 3'600'000;     // the same
constexpr std::int64_t kGround = 10'000'000;     // cm: altitude 0 is this far below the spheroid
constexpr std::size_t kSize = 16;                // octets, RFC 1876 section 2
constexpr std::uint8_t kDefaults[] = {0x12, 0x16, 0x13};  // 1 m, 10 km, 10 m: section 3

/// A number with at most `places` digits after its point, times ten to the power of `places`.
std::optional<std::int64_t> parse_decimal(std::string_view text, unsigned places) {
  const std::size_t point = text.find('.');
  const bool whole = point == std::string_view::npos;
  const std::string_view rest = whole ? std::string_view() : text.substr(point + 1);
  const auto value = parse_number<std::uint32_t>(text.substr(0, point));
  if (!value || rest.size() > places || (!whole && rest.empty())) return std::nullopt;
  std::int64_t total = *value;
  for (unsigned i = 0; i < places; ++i) {
    const char digit = i < rest.size() ? rest[i] : '0';
    if (digit < '0' || digit > '9') return std::nullopt;
    total = total * 10 + (digit - '0');
  }
  return total;
}

/// Metres, with or without an "m", in cm.
std::optional<std::int64_t> parse_metres(std::string_view text) {
  if (text.ends_with('m') || text.ends_with('M')) text.remove_suffix(1);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto value = parse_decimal(text, 2);
  if (!value) return std::nullopt;
  return negative ? -*value : *value;
}

/// d [m [s]] and a letter: `positive` or `negative`.
bool parse_angle(RdataWords& words, std::uint32_t degrees, char positive, char negative) {
  const std::string what =
      fmt::format("degrees, minutes and seconds, then {} or {}", positive, negative);
  const std::uint32_t most[] = {degrees, 59, 59'999};
  const std::uint32_t unit[] = {kDegree, 60'000, 1};
  std::uint32_t angle = 0;
  for (unsigned i = 0;; ++i) {
    if (words.at_end()) return words.expected(what);
    const std::string_view word = words.word();
    const char letter = word.size() == 1 ? static_cast<char>(word[0] & ~0x20) : '\0';
    if (i > 0 && (letter == positive || letter == negative)) {
      if (angle > degrees * kDegree) return words.expected(what);
      words.put(letter == positive ? kEquator + angle : kEquator - angle, 4);
      return words.done();
    }
    const auto value = i < 3 ? parse_decimal(word, i == 2 ? 3 : 0) : std::nullopt;
    if (!value || *value > most[i]) return words.expected(what);
    angle += static_cast<std::uint32_t>(*value) * unit[i];
    words.done();
  }
}

/// RFC 1876 section 2: a digit and a power of ten.
std::optional<std::uint8_t> parse_precision(std::string_view text) {
  const auto cm = parse_metres(text);
  if (!cm || *cm < 0 || *cm > 9'000'000'000) return std::nullopt;
  std::int64_t base = *cm;
  unsigned power = 0;
  for (; base > 9; base /= 10) ++power;
  return static_cast<std::uint8_t>(base << 4 | power);
}

bool parse_loc(RdataWords& words) {
  const std::size_t start = words.out().size();
  words.put(0, 1);  // version
  words.put(kDefaults);
  if (!parse_angle(words, 90, 'N', 'S') || !parse_angle(words, 180, 'E', 'W')) return false;
  const auto altitude = words.at_end() ? std::nullopt : parse_metres(words.word());
  if (!altitude || *altitude < -kGround || *altitude > 0xffffffffLL - kGround) {
    return words.expected("an altitude in metres");
  }
  words.put(static_cast<std::uint64_t>(*altitude + kGround), 4);
  words.done();
  for (std::size_t i = 1; i <= 3 && !words.at_end(); ++i) {
    const auto precision = parse_precision(words.word());
    if (!precision) return words.expected("a size in metres, at most 90000000");
    words.out()[start + i] = *precision;
    words.done();
  }
  return true;
}

bool is_angle(std::uint32_t wire, std::uint32_t degrees) {
  const std::uint32_t angle = wire >= kEquator ? wire - kEquator : kEquator - wire;
  return angle <= degrees * kDegree;
}

bool valid_loc(Bytes rest) {
  if (rest.size() != kSize || rest[0] != 0) return false;
  for (std::size_t i = 1; i <= 3; ++i) {
    if (rest[i] >> 4 > 9 || (rest[i] & 15) > 9) return false;
  }
  return is_angle(load_u32(rest.data() + 4), 90) && is_angle(load_u32(rest.data() + 8), 180);
}

std::string print_angle(std::uint32_t wire, char positive, char negative) {
  const std::uint32_t angle = wire >= kEquator ? wire - kEquator : kEquator - wire;
  return fmt::format("{} {} {}.{:03} {}", angle / kDegree, angle / 60'000 % 60, angle / 1000 % 60,
                     angle % 1000, wire >= kEquator ? positive : negative);
}

std::string print_metres(std::int64_t cm) {
  return fmt::format("{}{}.{:02}m", cm < 0 ? "-" : "", std::abs(cm) / 100, std::abs(cm) % 100);
}

std::string print_precision(std::uint8_t wire) {
  std::int64_t cm = wire >> 4;
  for (int power = wire & 15; power > 0; --power) cm *= 10;
  return print_metres(cm);
}

std::string print_loc(Bytes rest) {
  return fmt::format("{} {} {} {} {} {}", print_angle(load_u32(rest.data() + 4), 'N', 'S'),
                     print_angle(load_u32(rest.data() + 8), 'E', 'W'),
                     print_metres(load_u32(rest.data() + 12) - kGround), print_precision(rest[1]),
                     print_precision(rest[2]), print_precision(rest[3]));
}

}  // namespace

const SpecialGrammar kLocGrammar{parse_loc, valid_loc, print_loc};

}  // namespace rollcall::dns
