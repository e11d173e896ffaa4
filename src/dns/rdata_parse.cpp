/// Presentation format to wire form.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "dns/encoding.hpp"
#include "dns/rdata_mnemonics.hpp"
#include "dns/rdata_special.hpp"
#include "dns/rdata_text.hpp"
#include "dns/rdata_walk.hpp"

namespace rollcall::dns {
namespace {

using enum Field;

/// Parses the fields of the descriptor table.
class RdataParser : public RdataWords {
 public:
  using RdataWords::RdataWords;

  bool field(Field kind);
  bool generic(Type type);

 private:
  template <class Number>
  bool lookup(std::optional<Number> (*read)(std::string_view), std::string_view what);
  bool string();
  bool tag_word();
  bool text_to_end();
  bool octets(std::size_t count, char separator, std::size_t most_digits, std::string_view what);
  bool bitmap();
  bool counted(Decode decode, bool may_be_none, std::string_view what);
  bool nsap();
  bool unescape(std::string_view text, std::size_t most);
};

template <class Number>
bool RdataParser::lookup(std::optional<Number> (*read)(std::string_view), std::string_view what) {
  const auto value = at_end() ? std::nullopt : read(word());
  if (!value) return expected(what);
  put(static_cast<std::uint64_t>(*value), sizeof(Number));
  return done();
}

bool RdataParser::unescape(std::string_view text, std::size_t most) {
  const std::size_t start = out_.size();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t plain = std::min(text.find('\\', i), text.size()) - i;
    const Bytes octets = as_bytes(text.substr(i, plain));
    out_.insert(out_.end(), octets.begin(), octets.end());
    i += plain;
    if (i == text.size()) break;
    const std::optional<std::uint8_t> octet = read_escape(text, i);
    if (!octet) return expected("a backslash and a character or 000 to 255 in a text");
    out_.push_back(*octet);
  }
  return out_.size() - start <= most ||
         wrong(
             fmt::format("a text of {} octets is too long: at most {}", out_.size() - start, most));
}

bool RdataParser::string() {
  if (at_end()) return expected("a text");
  const std::size_t length_at = out_.size();
  out_.push_back(0);
  if (!unescape(word(), 255)) return false;  // RFC 1035 section 3.3
  out_[length_at] = static_cast<std::uint8_t>(out_.size() - length_at - 1);
  return done();
}

bool RdataParser::tag_word() {
  constexpr std::string_view kWhat = "a tag of letters and digits";
  if (at_end() || word().empty() || word().size() > 255) return expected(kWhat);
  const std::size_t start = out_.size();
  put(word().size(), 1);
  const Bytes letters = as_bytes(word());
  out_.insert(out_.end(), letters.begin(), letters.end());
  if (!field_size(tag, Bytes(out_).subspan(start))) return expected(kWhat);
  return done();
}

bool RdataParser::text_to_end() {
  if (at_end()) return expected("a text");
  return unescape(word(), kMaxRdataSize) && done();
}

/// `count` groups of hex digits with separators: EUI48, EUI64, and four groups of L64.
bool RdataParser::octets(std::size_t count, char separator, std::size_t most_digits,
                         std::string_view what) {
  if (at_end()) return expected(what);
  std::string_view rest = word();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t end = rest.find(separator);
    const bool last = i + 1 == count;
    if (last != (end == std::string_view::npos)) return expected(what);
    const std::string_view group = rest.substr(0, end);
    unsigned value = 0;
    const char* const start = group.data();
    const char* const stop = start + group.size();
    const auto [read, error] = std::from_chars(start, stop, value, 16);
    if (error != std::errc{} || read != stop || group.size() > most_digits) return expected(what);
    if (most_digits == 2 && group.size() != 2) return expected(what);  // RFC 7043 section 3.2
    put(value, static_cast<unsigned>(most_digits / 2));
    if (!last) rest.remove_prefix(end + 1);
  }
  return done();
}

/// RFC 4034 section 4.1.2.
bool RdataParser::bitmap() {
  std::vector<std::uint16_t> types;
  for (; !at_end(); ++next_) {
    const std::optional<Type> type = parse_type(word());
    if (!type) return expected("a record type");
    types.push_back(static_cast<std::uint16_t>(*type));
  }
  std::ranges::sort(types);
  for (std::size_t i = 0; i < types.size();) {
    const unsigned window = types[i] >> 8;
    std::array<std::uint8_t, 32> bits{};
    std::size_t used = 0;
    for (; i < types.size() && types[i] >> 8 == window; ++i) {
      const unsigned low = types[i] & 0xff;
      bits[low / 8] |= static_cast<std::uint8_t>(0x80 >> low % 8);
      used = low / 8 + 1;
    }
    put(window, 1);
    put(used, 1);
    out_.insert(out_.end(), bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(used));
  }
  return true;
}

bool RdataParser::counted(Decode decode, bool may_be_none, std::string_view what) {
  if (at_end()) return expected(what);
  const std::size_t length_at = out_.size();
  out_.push_back(0);
  if (may_be_none && word() == "-") return done();
  if (word().empty() || !decode(word(), out_)) return expected(what);
  const std::size_t length = out_.size() - length_at - 1;
  if (length == 0 || length > 255) return expected(what);
  out_[length_at] = static_cast<std::uint8_t>(length);
  return done();
}

bool RdataParser::nsap() {
  if (at_end() || !(word().starts_with("0x") || word().starts_with("0X"))) {
    return expected("0x and hexadecimal digits");
  }
  std::string digits(word().substr(2));
  std::erase(digits, '.');
  if (digits.empty() || !from_hex(digits, out_)) return expected("0x and hexadecimal digits");
  return done();
}

bool RdataParser::field(Field kind) {
  switch (kind) {
    case compressible_name:
    case plain_name:
      return name();
    case u8:
      return number<std::uint8_t>("a number from 0 to 255");
    case u16:
      return number<std::uint16_t>("a number from 0 to 65535");
    case u32:
      return number<std::uint32_t>("a number from 0 to 4294967295");
    case ttl:
      return lookup(parse_ttl, "a time in seconds or with units");
    case ipv4:
      return address_v4();
    case ipv6:
      return address_v6();
    case character_string:
      return string();
    case tag:
      return tag_word();
    case optional_character_string:
      return at_end() || string();
    case character_strings:
      do {
        if (!string()) return false;
      } while (!at_end());
      return true;
    case rest_as_text:
      return text_to_end();
    case type_code:
      return lookup(parse_type, "a record type");
    case type_bitmap:
      return bitmap();
    case algorithm:
      return lookup(parse_algorithm, "a DNSSEC algorithm");
    case cert_type:
      return lookup(parse_cert_type, "a certificate type");
    case notify_scheme:
      return lookup(parse_notify_scheme, "NOTIFY or a number from 0 to 255");
    case timestamp:
      return lookup(parse_timestamp, "a time as YYYYMMDDHHmmSS");
    case base64:
      return rest_in(from_base64, "base64");
    case hex:
      return rest_in(from_hex, "hexadecimal digits");
    case hex_with_length:
      return counted(from_hex, true, "hexadecimal digits or \"-\"");
    case base32_with_length:
      return counted(from_base32hex, false, "base32hex");
    case hex_word:
      return nsap();
    case eui48:
      return octets(6, '-', 2, "six octets as 00-00-5e-00-53-2a");
    case eui64:
      return octets(8, '-', 2, "eight octets as 00-00-5e-ef-10-00-00-2a");
    case locator64:
      return octets(4, ':', 4, "four groups as 2001:db8:1140:1000");
    case special:
      return true;  // read by its grammar, see parse_fields()
  }
  return false;
}

/// RFC 3597 section 5.
bool RdataParser::generic(Type type) {
  ++next_;  // \#
  const std::size_t start = out_.size();
  const auto length = at_end() ? std::nullopt : parse_number<std::uint16_t>(word());
  if (!length) return expected("the number of octets");
  const std::size_t length_word = next_++;
  if (!at_end() && !rest_in(from_hex, "hexadecimal digits")) return false;
  const std::size_t found = out_.size() - start;
  if (found != *length) {
    next_ = length_word;
    return wrong(fmt::format("expected {} octets after \\#, found {}", *length, found));
  }
  if (!valid_rdata(type, Bytes(out_).subspan(start))) {
    next_ = length_word;
    return wrong(fmt::format("these octets are not a valid {} record", type_name(type)));
  }
  return true;
}

bool parse_fields(RdataParser& parser, Type type, std::span<const Word> words) {
  if (!words.empty() && !words[0].quoted && words[0].text == "\\#") return parser.generic(type);
  const TypeDescriptor* row = descriptor(type);
  if (row == nullptr) {
    return parser.wrong(parser.at_end() ? "expected \\#, found the end of the record"
                                        : fmt::format("expected \\#, found \"{}\"", parser.word()));
  }
  for (const Field field : row->fields) {
    const bool ok = field == special ? special_grammar(type).parse(parser) : parser.field(field);
    if (!ok) return false;
  }
  return parser.at_end() ||
         parser.wrong(fmt::format("expected the end of the {} record, found \"{}\"", row->mnemonic,
                                  parser.word()));
}

}  // namespace

Result<void, RdataError> parse_rdata(Type type, std::span<const Word> words, const Name& origin,
                                     std::vector<std::uint8_t>& out) {
  const std::size_t start = out.size();
  RdataParser parser(words, origin, out);
  bool ok = parse_fields(parser, type, words);
  if (ok && out.size() - start > kMaxRdataSize) {
    ok = parser.wrong(fmt::format("the record has {} octets, more than 65535", out.size() - start));
  }
  if (ok) return {};
  out.resize(start);
  return std::unexpected(parser.error());
}

}  // namespace rollcall::dns
