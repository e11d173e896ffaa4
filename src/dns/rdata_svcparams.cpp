/// The parameters of SVCB and HTTPS (RFC 9460 section 2.1 and appendix A).
#include <algorithm>
#include <array>

#include "core/ip_address.hpp"
#include "dns/encoding.hpp"
#include "dns/rdata_special.hpp"

namespace rollcall::dns {
namespace {

enum Key : std::uint16_t {  // RFC 9460 section 14.3.2, RFC 9461, RFC 9540
  kMandatory,
  kAlpn,
  kNoDefaultAlpn,
  kPort,
  kIpv4Hint,
  kEch,
  kIpv6Hint,
  kDohPath,
  kOhttp,
};
constexpr std::array<std::string_view, 9> kKeyNames{"mandatory", "alpn",     "no-default-alpn",
                                                    "port",      "ipv4hint", "ech",
                                                    "ipv6hint",  "dohpath",  "ohttp"};

struct Param {
  std::uint16_t key = 0;
  std::vector<std::uint8_t> value;  // on the wire
};
using Params = std::vector<Param>;

std::optional<std::uint16_t> parse_key(std::string_view text) {
  const auto* known = std::ranges::find(kKeyNames, text);
  if (known != kKeyNames.end()) return static_cast<std::uint16_t>(known - kKeyNames.begin());
  if (!text.starts_with("key") || (text.size() > 4 && text[3] == '0')) return std::nullopt;
  return parse_number<std::uint16_t>(text.substr(3));
}

std::string key_name(unsigned key) {
  return key < kKeyNames.size() ? std::string(kKeyNames[key]) : fmt::format("key{}", key);
}

/// Resolves the escapes of a character string (RFC 1035 section 5.1).
std::optional<std::string> unescape(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      octets += text[i++];
      continue;
    }
    const std::optional<std::uint8_t> octet = read_escape(text, i);
    if (!octet) return std::nullopt;
    octets += static_cast<char>(*octet);
  }
  return octets;
}

/// RFC 9460 appendix A.1: commas separate items; a backslash makes the next octet part of an item.
std::optional<std::vector<std::string>> split_list(std::string_view value) {
  std::vector<std::string> items(1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == ',') {
      items.emplace_back();
    } else if (value[i] != '\\') {
      items.back() += value[i];
    } else if (++i < value.size() && (value[i] == ',' || value[i] == '\\')) {
      items.back() += value[i];
    } else {
      return std::nullopt;
    }
  }
  if (std::ranges::any_of(items, &std::string::empty)) return std::nullopt;
  return items;
}

void put_u16(std::vector<std::uint8_t>& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

bool encode_item(std::uint16_t key, const std::string& item, std::vector<std::uint8_t>& out) {
  if (key == kMandatory) {
    const auto named = parse_key(item);
    if (named) put_u16(out, *named);
    return named.has_value();
  }
  if (key == kAlpn) {
    if (item.size() > 255) return false;
    out.push_back(static_cast<std::uint8_t>(item.size()));
    out.insert(out.end(), item.begin(), item.end());
    return true;
  }
  const auto address = IpAddress::parse(item);
  if (!address || address->is_v4() != (key == kIpv4Hint)) return false;
  out.insert(out.end(), address->octets().begin(), address->octets().end());
  return true;
}

/// RFC 9460 section 8: in rising order on the wire, in any order in text.
bool sort_mandatory(std::vector<std::uint8_t>& value) {
  std::vector<std::uint16_t> keys;
  for (std::size_t i = 0; i < value.size(); i += 2) keys.push_back(load_u16(&value[i]));
  std::ranges::sort(keys);
  value.clear();
  for (const std::uint16_t key : keys) put_u16(value, key);
  return std::ranges::adjacent_find(keys) == keys.end();
}

/// @param text the part after the "=", escapes resolved
bool encode_value(Param& param, const std::string& text) {
  switch (param.key) {
    case kNoDefaultAlpn:
    case kOhttp:
      return text.empty();
    case kPort: {
      const auto port = parse_number<std::uint16_t>(text);
      if (port) put_u16(param.value, *port);
      return port.has_value();
    }
    case kEch:
      return !text.empty() && from_base64(text, param.value);
    case kMandatory:
    case kAlpn:
    case kIpv4Hint:
    case kIpv6Hint: {
      const auto items = split_list(text);
      if (!items) return false;
      for (const std::string& item : *items) {
        if (!encode_item(param.key, item, param.value)) return false;
      }
      return param.key != kMandatory || sort_mandatory(param.value);
    }
    case kDohPath:
      if (text.empty()) return false;
      [[fallthrough]];
    default:
      param.value.assign(text.begin(), text.end());
      return true;
  }
}

bool valid_value(unsigned key, Bytes value);

/// RFC 9460 section 2.1: the value of keyN is the wire form, whether or not N has a name.
bool take_value(Param& param, std::string_view key, const std::string& text) {
  if (!key.starts_with("key")) return encode_value(param, text);
  param.value.assign(text.begin(), text.end());
  return valid_value(param.key, param.value);
}

const Param* find(const Params& params, unsigned key) {
  const auto found = std::ranges::find(params, key, &Param::key);
  return found == params.end() ? nullptr : &*found;
}

/// A violated rule between keys; nothing where there is none.
std::optional<std::string> conflict(const Params& params) {
  // RFC 9460 section 7.1.1
  if (find(params, kNoDefaultAlpn) != nullptr && find(params, kAlpn) == nullptr) {
    return "no-default-alpn requires alpn";
  }
  const Param* mandatory = find(params, kMandatory);
  if (mandatory == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < mandatory->value.size(); i += 2) {  // RFC 9460 section 8
    const unsigned key = load_u16(&mandatory->value[i]);
    if (key == kMandatory || find(params, key) == nullptr) {
      return fmt::format("mandatory names {}, which is not among the other parameters",
                         key_name(key));
    }
  }
  return std::nullopt;
}

bool parse_param(RdataWords& words, Params& params) {
  const std::string_view word = words.word();
  const std::size_t sign = std::min(word.find('='), word.size());
  Param param;
  const auto key = parse_key(word.substr(0, sign));
  if (!key) return words.expected("a parameter as alpn=h2 or key65280=text");
  param.key = *key;
  if (find(params, param.key) != nullptr) {
    return words.wrong(fmt::format("{} is given twice", key_name(param.key)));
  }
  std::string_view text = word.substr(std::min(sign + 1, word.size()));
  if (text.size() > 1 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  const auto octets = unescape(text);
  if (!octets || !take_value(param, word, *octets) || param.value.size() > kMaxRdataSize) {
    return words.wrong(
        fmt::format("\"{}\" is not a valid value for {}", text, key_name(param.key)));
  }
  params.push_back(std::move(param));
  return words.done();
}

bool parse_params(RdataWords& words) {
  Params params;
  while (!words.at_end()) {
    if (!parse_param(words, params)) return false;
  }
  if (const auto what = conflict(params)) return words.wrong(*what);
  std::ranges::sort(params, {}, &Param::key);
  for (const Param& param : params) {
    words.put(param.key, 2);
    words.put(param.value.size(), 2);
    words.put(param.value);
  }
  return true;
}

bool valid_keys(Bytes value) {
  if (value.empty() || value.size() % 2 != 0) return false;
  for (std::size_t i = 2; i < value.size(); i += 2) {
    if (load_u16(&value[i]) <= load_u16(&value[i - 2])) return false;
  }
  return true;
}

bool valid_alpn(Bytes value) {
  if (value.empty()) return false;
  while (!value.empty()) {
    if (value[0] == 0 || value.size() <= value[0]) return false;
    value = value.subspan(value[0] + 1U);
  }
  return true;
}

bool valid_value(unsigned key, Bytes value) {
  switch (key) {
    case kMandatory:
      return valid_keys(value);
    case kAlpn:
      return valid_alpn(value);
    case kNoDefaultAlpn:
    case kOhttp:
      return value.empty();
    case kPort:
      return value.size() == 2;
    case kIpv4Hint:
      return !value.empty() && value.size() % 4 == 0;
    case kIpv6Hint:
      return !value.empty() && value.size() % 16 == 0;
    case kEch:
    case kDohPath:
      return !value.empty();
    default:
      return true;
  }
}

/// @return nothing where `rest` does not have the form of parameters
std::optional<Params> read_params(Bytes rest) {
  Params params;
  ByteReader reader(rest);
  while (reader.left() > 0) {
    const std::uint16_t key = reader.u16();
    const Bytes value = reader.bytes(reader.u16());
    const bool rising = params.empty() || params.back().key < key;
    if (!reader.ok() || !rising || !valid_value(key, value)) return std::nullopt;
    params.push_back({key, {value.begin(), value.end()}});
  }
  return reader.ok() ? std::optional(std::move(params)) : std::nullopt;
}

bool valid_params(Bytes rest) {
  const std::optional<Params> params = read_params(rest);
  return params && !conflict(*params);
}

std::string in_quotes(std::string_view octets) {
  std::string text = "\"";
  for (const char octet : octets) append_escaped(text, static_cast<std::uint8_t>(octet), "\"\\");
  return text + '"';
}

std::string print_alpn(Bytes value) {
  std::string list;
  for (; !value.empty(); value = value.subspan(value[0] + 1U)) {
    if (!list.empty()) list += ',';
    for (const std::uint8_t octet : value.subspan(1, value[0])) {
      if (octet == ',' || octet == '\\') list += '\\';
      list += static_cast<char>(octet);
    }
  }
  return in_quotes(list);
}

std::string print_list(unsigned key, Bytes value) {
  const std::size_t size = key == kMandatory ? 2 : key == kIpv4Hint ? 4 : 16;
  std::string list;
  for (; !value.empty(); value = value.subspan(size)) {
    if (!list.empty()) list += ',';
    list += key == kMandatory ? key_name(load_u16(value.data()))
                              : IpAddress::from_octets(value.first(size))->to_string();
  }
  return list;
}

std::string print_value(const Param& param) {
  switch (param.key) {
    case kMandatory:
    case kIpv4Hint:
    case kIpv6Hint:
      return print_list(param.key, param.value);
    case kAlpn:
      return print_alpn(param.value);
    case kPort:
      return std::to_string(load_u16(param.value.data()));
    case kEch:
      return to_base64(param.value);
    default:
      return in_quotes(as_text(param.value));
  }
}

std::string print_params(Bytes rest) {
  const Params params = *read_params(rest);
  std::string text;
  for (const Param& param : params) {
    if (!text.empty()) text += ' ';
    text += key_name(param.key);
    if (!param.value.empty()) text += "=" + print_value(param);
  }
  return text;
}

}  // namespace

const SpecialGrammar kSvcParamsGrammar{parse_params, valid_params, print_params};

}  // namespace rollcall::dns
