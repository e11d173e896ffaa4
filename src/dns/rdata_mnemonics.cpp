#include "dns/rdata_mnemonics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>

#include "core/number.hpp"

namespace rollcall::dns {
namespace {

struct Mnemonic {
  std::string_view word;
  std::uint16_t value;
};

constexpr Mnemonic kAlgorithms[] = {
    {"RSAMD5", 1},
    {"DH", 2},
    {"DSA", 3},
    {"RSASHA1", 5},
    {"NSEC3DSA", 6},
    {"DSA-NSEC3-SHA1", 6},
    {"NSEC3RSASHA1", 7},
    {"RSASHA1-NSEC3-SHA1", 7},
    {"RSASHA256", 8},
    {"RSASHA512", 10},
    {"ECCGOST", 12},
    {"ECC-GOST", 12},
    {"ECDSAP256SHA256", 13},
    {"ECDSAP384SHA384", 14},
    {"ED25519", 15},
    {"ED448", 16},
    {"INDIRECT", 252},
    {"PRIVATEDNS", 253},
    {"PRIVATEOID", 254},
};

constexpr Mnemonic kCertTypes[] = {
    {"PKIX", 1}, {"SPKI", 2},   {"PGP", 3},     {"IPKIX", 4}, {"ISPKI", 5},
    {"IPGP", 6}, {"ACPKIX", 7}, {"IACPKIX", 8}, {"URI", 253}, {"OID", 254},
};

constexpr Mnemonic kNotifySchemes[] = {{"NOTIFY", 1}};

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::optional<std::uint16_t> look_up(std::span<const Mnemonic> words, std::string_view text) {
  for (const Mnemonic& known : words) {
    if (std::ranges::equal(known.word, text, {}, {}, upper)) return known.value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint8_t> parse_algorithm(std::string_view text) {
  if (const auto value = look_up(kAlgorithms, text)) return static_cast<std::uint8_t>(*value);
  return parse_number<std::uint8_t>(text);
}

std::optional<std::uint16_t> parse_cert_type(std::string_view text) {
  if (const auto value = look_up(kCertTypes, text)) return value;
  return parse_number<std::uint16_t>(text);
}

std::optional<std::uint8_t> parse_notify_scheme(std::string_view text) {
  if (const auto value = look_up(kNotifySchemes, text)) return static_cast<std::uint8_t>(*value);
  return parse_number<std::uint8_t>(text);
}

std::string format_notify_scheme(std::uint8_t scheme) {
  for (const Mnemonic& known : kNotifySchemes) {
    if (known.value == scheme) return std::string(known.word);
  }
  return std::to_string(scheme);
}

std::optional<std::uint32_t> parse_timestamp(std::string_view text) {
  if (text.size() != 14) return parse_number<std::uint32_t>(text);
  const auto year = parse_number<unsigned>(text.substr(0, 4));
  const auto month = parse_number<unsigned>(text.substr(4, 2));
  const auto day = parse_number<unsigned>(text.substr(6, 2));
  const auto hour = parse_number<unsigned>(text.substr(8, 2));
  const auto minute = parse_number<unsigned>(text.substr(10, 2));
  const auto second = parse_number<unsigned>(text.substr(12, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok() || *year < 1970 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<std::uint32_t>(days * 86400LL + *hour * 3600LL + *minute * 60LL + *second);
}

std::string format_timestamp(std::uint32_t seconds) {
  const std::chrono::sys_days days{std::chrono::days(seconds / 86400)};
  const std::chrono::year_month_day date(days);
  const std::uint32_t rest = seconds % 86400;
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     rest / 3600, rest / 60 % 60, rest % 60);
}

}  // namespace rollcall::dns
