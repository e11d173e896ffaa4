// keys: the TSIG keys. zones: what is served, and who may transfer it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/sections.hpp"

namespace rollcall::config {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::array<std::string_view, 3> kAlgorithms{"hmac-sha256", "hmac-sha384", "hmac-sha512"};

/// The key that `text` names, which must be in `keys`.
std::optional<dns::Name> find_key(const Value& place, const std::string& text,
                                  const std::vector<KeyOptions>& keys) {
  const std::optional<dns::Name> name = read_domain(place, text);
  if (!name) return std::nullopt;
  std::vector<std::string> known;
  for (const KeyOptions& key : keys) {
    if (key.name == *name) return name;
    known.push_back(key.name.to_display());
  }
  place.error(fmt::format("names the key {}, which is not in keys{}", in_quotes(text),
                          did_you_mean(text, known)));
  return std::nullopt;
}

void read_secondary(const Value& value, const std::vector<KeyOptions>& keys,
                    zone::TransferPolicy& policy) {
  const Section section(value, {"address", "key"});
  const std::optional<Value> address = section.need("address");
  const std::optional<Endpoint> endpoint = address ? address->endpoint(kDnsPort) : std::nullopt;
  std::optional<dns::Name> key;
  if (const auto place = section.find("key")) {
    if (const auto text = place->text()) key = find_key(*place, *text, keys);
  }
  if (endpoint) policy.secondaries.push_back({*endpoint, key});
}

void read_grant(const Value& value, const std::vector<KeyOptions>& keys,
                zone::TransferPolicy& policy) {
  constexpr std::string_view kKey = "key:";
  if (value.is_map()) {
    value.error("is a list of address blocks and of key:NAME, without a space behind the colon");
    return;
  }
  const std::optional<std::string> text = value.text();
  if (!text) return;
  if (text->starts_with(kKey)) {
    const auto key = find_key(value, text->substr(kKey.size()), keys);
    if (key) policy.grants.push_back({std::nullopt, key});
    return;
  }
  const std::optional<IpPrefix> prefix = IpPrefix::parse(*text);
  if (prefix) {
    policy.grants.push_back({prefix, std::nullopt});
    return;
  }
  value.error(
      fmt::format("must hold address blocks such as 127.0.0.0/8 (no bits behind the length) or "
                  "key:NAME, not {}",
                  in_quotes(*text)));
}

void read_zone(const Entry& entry, const std::vector<KeyOptions>& keys, ZoneOptions& zone) {
  const Section section(entry.value, {"file", "secondaries", "allow_transfer"});
  if (const auto file = section.need("file")) zone.file = file->file_path().value_or("");
  if (const auto secondaries = section.find("secondaries")) {
    for (const Value& item : secondaries->list()) read_secondary(item, keys, zone.transfer);
  }
  if (const auto grants = section.find("allow_transfer")) {
    for (const Value& item : grants->list()) read_grant(item, keys, zone.transfer);
  }
}

}  // namespace

std::vector<KeyOptions> read_keys(const std::optional<Value>& value) {
  std::vector<KeyOptions> keys;
  if (!value) return keys;
  for (const Entry& entry : value->entries()) {
    const Section section(entry.value, {"algorithm", "secret_file"});
    const std::optional<dns::Name> name = read_domain(entry.key_place, entry.key);
    KeyOptions key;
    key.where = entry.key_place.where();
    if (const auto algorithm = section.find("algorithm")) {
      if (const auto at = algorithm->one_of("algorithm", kAlgorithms)) {
        key.algorithm = kAlgorithms[*at];
      }
    }
    if (const auto file = section.need("secret_file")) {
      key.secret_file = file->file_path().value_or("");
    }
    if (!name) continue;
    key.name = *name;
    const auto same = std::ranges::find(keys, *name, &KeyOptions::name);
    if (same != keys.end()) {
      entry.key_place.plain_error(
          fmt::format("the key {} is already in line {}", in_quotes(entry.key), same->where.line));
      continue;
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

std::vector<ZoneOptions> read_zones(const std::optional<Value>& value,
                                    const std::vector<KeyOptions>& keys) {
  std::vector<ZoneOptions> zones;
  if (!value) return zones;
  const std::vector<Entry> entries = value->entries();
  if (entries.empty() && (value->is_map() || value->is_nothing())) {
    value->error("must name at least one zone");
  }
  for (const Entry& entry : entries) {
    const std::optional<dns::Name> origin = read_domain(entry.key_place, entry.key);
    ZoneOptions zone;
    zone.where = entry.key_place.where();
    read_zone(entry, keys, zone);
    if (!origin) continue;
    zone.origin = *origin;
    const auto same = std::ranges::find(zones, *origin, &ZoneOptions::origin);
    if (same != zones.end()) {
      entry.key_place.plain_error(
          fmt::format("the zone {} is already in line {}", in_quotes(entry.key), same->where.line));
      continue;
    }
    zones.push_back(std::move(zone));
  }
  return zones;
}

}  // namespace rollcall::config
