// keys: the TSIG keys. zones: the served zones, the clients that may transfer them, and the servers
// that they are transferred from.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "config/sections.hpp"
#include "dns/message.hpp"

namespace rollcall::config {
namespace {

constexpr std::array<std::string_view, 6> kAlgorithms{"hmac-sha256", "hmac-sha384", "hmac-sha512",
                                                      "hmac-sha224", "hmac-sha1",   "hmac-md5"};

/// A secondary that follows is up to some seconds behind: NSD serves changes once a second.
constexpr Duration kLeastSecondaryLag = std::chrono::seconds(2);
constexpr Duration kMostSecondaryLag = std::chrono::hours(24 * 7);

using KeyNames = std::unordered_set<dns::Name>;

/// The key that `text` names, which must be in `keys`.
std::optional<dns::Name> find_key(const yaml::Value& place, const std::string& text,
                                  const KeyNames& keys) {
  const std::optional<dns::Name> name = read_domain(place, text);
  if (!name || keys.contains(*name)) return name;
  std::vector<std::string> known;
  for (const dns::Name& key : keys) known.push_back(key.to_display());
  std::ranges::sort(known);
  place.error(fmt::format("names the key {}, which is not in keys{}", yaml::in_quotes(text),
                          yaml::did_you_mean(text, known)));
  return std::nullopt;
}

/// A server that a zone goes to or comes from.
struct Peer {
  Endpoint address;
  std::optional<dns::Name> key;
};

std::optional<Peer> read_peer(const yaml::Section& section, const KeyNames& keys) {
  const std::optional<yaml::Value> address = section.need("address");
  const std::optional<Endpoint> endpoint = address ? address->endpoint(dns::kPort) : std::nullopt;
  std::optional<dns::Name> key;
  if (const auto place = section.find("key")) {
    if (const auto text = place->text()) key = find_key(*place, *text, keys);
  }
  if (!endpoint) return std::nullopt;
  return Peer{*endpoint, key};
}

void read_primaries(const yaml::Value& value, const KeyNames& keys,
                    std::vector<zone::Primary>& primaries) {
  const std::vector<yaml::Value> items = value.list();
  for (const yaml::Value& item : items) {
    const std::optional<Peer> peer = read_peer(yaml::Section(item, {"address", "key"}), keys);
    if (!peer) continue;
    const auto same = [&](const zone::Primary& other) { return other.address == peer->address; };
    if (std::ranges::any_of(primaries, same)) {
      item.error(fmt::format("names {} twice", peer->address.to_string()));
      continue;
    }
    primaries.push_back({peer->address, peer->key});
  }
  if (value.is_list() && items.empty()) value.error("must name at least one server");
}

void read_secondary(const yaml::Value& value, const KeyNames& keys, zone::TransferPolicy& policy) {
  const yaml::Section section(value, {"address", "key", "view"});
  const std::optional<Peer> peer = read_peer(section, keys);
  zone::View view = zone::View::live;
  if (const auto place = section.find("view")) {
    static constexpr std::string_view kViews[]{"live", "full"};
    view = static_cast<zone::View>(place->one_of("view", kViews).value_or(0));
    if (view == zone::View::full && !section.find("key")) {
      place->plain_error("view: full needs a key, by which the secondary is recognised");
    }
    const bool other =
        peer && peer->key && std::ranges::any_of(policy.secondaries, [&](const auto& before) {
          return before.key == peer->key && before.view != view;
        });
    if (other) place->plain_error("another secondary with this key has the other view");
  }
  if (peer) policy.secondaries.push_back({peer->address, peer->key, view});
}

void read_grant(const yaml::Value& value, const KeyNames& keys, zone::TransferPolicy& policy) {
  constexpr std::string_view kKey = "key:";
  if (value.is_map()) {
    value.error("must be a list of address blocks and key:NAME, without a blank after the colon");
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
      fmt::format("must contain address blocks such as 127.0.0.0/8 (no bits after the length) or "
                  "key:NAME, not {}",
                  yaml::in_quotes(*text)));
}

std::optional<zone::NamePattern> read_pattern(const yaml::Value& value) {
  const std::optional<std::string> text = value.text();
  if (!text) return std::nullopt;
  zone::NamePattern pattern{.labels = {}, .text = *text};
  if (*text == "@") return pattern;
  const auto name = dns::Name::parse(*text);
  if (!name || text->ends_with('.')) {
    value.error(
        fmt::format("must be a name relative to the zone, in which * is one label and ** any "
                    "number (@ is the zone itself), not {}",
                    yaml::in_quotes(*text)));
    return std::nullopt;
  }
  const dns::Name lowered = name->lowered();
  const Bytes wire = lowered.wire();
  for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
    pattern.labels.emplace_back(as_text(wire.subspan(at + 1, wire[at])));
  }
  return pattern;
}

std::optional<dns::Type> read_type(const yaml::Value& value) {
  const std::optional<std::string> text = value.text();
  if (!text) return std::nullopt;
  const auto type = dns::parse_type(*text);
  if (type && !dns::is_meta(*type)) return type;
  value.error(fmt::format("has no record type {}", yaml::in_quotes(*text)));
  return std::nullopt;
}

std::optional<std::uint32_t> read_seconds(const yaml::Value& value) {
  constexpr auto kLongest = std::chrono::hours(24) * 365;
  const auto read = value.duration(std::chrono::seconds(1), kLongest);
  if (!read) return std::nullopt;
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(*read).count());
}

/// acme: the TXT records of challenges, gone after an hour.
void read_preset(const yaml::Section& section, const yaml::Value& preset,
                 zone::UpdateGrant& grant) {
  static constexpr std::string_view kPresets[]{"acme"};
  if (!preset.one_of("preset", kPresets)) return;
  for (const std::string_view key : {"names", "types"}) {
    if (const auto other = section.find(key)) other->error("is set by the preset; use one of both");
  }
  grant.names = {{.labels = {"_acme-challenge", "**"}, .text = "_acme-challenge.**"}};
  grant.types = {dns::Type::TXT};
  grant.max_age = 3600;
}

void read_update_grant(const yaml::Value& value, const KeyNames& keys, zone::UpdatePolicy& policy) {
  const yaml::Section section(
      value, {"key", "address", "preset", "names", "types", "max_ttl", "max_age", "pools"});
  zone::UpdateGrant grant{.key = {}, .prefix = {}, .where = value.where()};
  const auto key = section.find("key");
  const auto address = section.find("address");
  if (key.has_value() == address.has_value() && value.is_map()) {
    return value.error("needs either key or address");
  }
  if (key) {
    if (const auto text = key->text()) grant.key = find_key(*key, *text, keys);
  }
  if (address) {
    const auto text = address->text();
    if (text) grant.prefix = IpPrefix::parse(*text);
    if (text && !grant.prefix) {
      address->error(
          fmt::format("must be an address block such as 127.0.0.0/8 (no bits after the "
                      "length), not {}",
                      yaml::in_quotes(*text)));
    }
  }
  if (const auto preset = section.find("preset")) {
    read_preset(section, *preset, grant);
  } else {
    if (const auto names = section.find("names")) {
      for (const yaml::Value& item : names->list()) {
        if (auto pattern = read_pattern(item)) grant.names.push_back(std::move(*pattern));
      }
      if (names->is_list() && names->size() == 0) names->error("must name at least one name");
    }
    if (const auto types = section.find("types")) {
      for (const yaml::Value& item : types->list()) {
        if (const auto type = read_type(item)) grant.types.push_back(*type);
      }
      if (types->is_list() && types->size() == 0) types->error("must name at least one type");
    }
  }
  if (const auto ttl = section.find("max_ttl")) grant.max_ttl = read_seconds(*ttl);
  if (const auto age = section.find("max_age")) grant.max_age = read_seconds(*age);
  if (const auto pools = section.find("pools")) grant.pools = read_switch(*pools, false);
  if (grant.key || grant.prefix) policy.grants.push_back(std::move(grant));
}

void read_zone(const yaml::Entry& entry, const KeyNames& keys, zone::ZoneSpec& zone) {
  const yaml::Section section(
      entry.value, {"file", "watch", "primaries", "serial_policy", "secondaries", "secondary_lag",
                    "allow_transfer", "allow_update"});
  const auto primaries = section.find("primaries");
  if (primaries) {
    read_primaries(*primaries, keys, zone.transfer.primaries);
    for (const std::string_view key : {"file", "watch", "allow_update"}) {
      const auto own = section.find(key);
      if (own) own->error("cannot be given with primaries: the zone comes from them");
    }
  } else if (const auto file = section.need("file")) {
    zone.file = file->file_path().value_or("");
    zone.named_at = file->where();
    const auto watch = section.find("watch");
    zone.watch = watch && read_switch(*watch, false);
  }
  if (const auto policy = section.find("serial_policy")) {
    static constexpr std::string_view kWords[]{"file", "unixtime", "date"};
    zone.serial_policy =
        static_cast<zone::SerialPolicy>(policy->one_of("serial policy", kWords).value_or(0));
  }
  if (const auto secondaries = section.find("secondaries")) {
    for (const yaml::Value& item : secondaries->list()) read_secondary(item, keys, zone.transfer);
  }
  if (const auto lag = section.find("secondary_lag")) {
    zone.secondary_lag =
        lag->duration(kLeastSecondaryLag, kMostSecondaryLag).value_or(zone::kSecondaryLag);
  }
  if (const auto grants = section.find("allow_transfer")) {
    for (const yaml::Value& item : grants->list()) read_grant(item, keys, zone.transfer);
  }
  if (const auto grants = section.find("allow_update"); grants && !primaries) {
    for (const yaml::Value& item : grants->list()) read_update_grant(item, keys, zone.update);
  }
}

}  // namespace

std::vector<KeyOptions> read_keys(const std::optional<yaml::Value>& value) {
  std::vector<KeyOptions> keys;
  if (!value) return keys;
  std::unordered_map<dns::Name, std::uint32_t> lines;
  value->for_each_entry([&](const yaml::Entry& entry) {
    const yaml::Section section(entry.value, {"algorithm", "secret_file", "allow_md5"});
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
    if (const auto allow = section.find("allow_md5")) key.allow_md5 = read_switch(*allow, false);
    if (!name) return;
    key.name = *name;
    const auto [same, fresh] = lines.emplace(*name, key.where.line);
    if (fresh) return keys.push_back(std::move(key));
    entry.key_place.plain_error(fmt::format("key {} is defined twice; first in line {}",
                                            yaml::in_quotes(entry.key), same->second));
  });
  return keys;
}

std::vector<zone::ZoneSpec> read_zones(const std::optional<yaml::Value>& value,
                                       const std::vector<KeyOptions>& keys) {
  std::vector<zone::ZoneSpec> zones;
  if (!value) return zones;
  KeyNames key_names;
  for (const KeyOptions& key : keys) key_names.insert(key.name);
  std::unordered_map<dns::Name, std::uint32_t> lines;
  zones.reserve(value->size());
  bool any = false;
  value->for_each_entry([&](const yaml::Entry& entry) {
    any = true;
    const std::optional<dns::Name> origin = read_domain(entry.key_place, entry.key);
    zone::ZoneSpec zone;
    read_zone(entry, key_names, zone);
    if (!origin) return;
    zone.origin = *origin;
    if (zone.transfer.is_transferred()) {
      zone.file = fmt::format("zone {} as transferred", origin->to_display());
    }
    const auto [same, fresh] = lines.emplace(*origin, entry.key_place.where().line);
    if (fresh) return zones.push_back(std::move(zone));
    entry.key_place.plain_error(fmt::format("zone {} is defined twice; first in line {}",
                                            yaml::in_quotes(entry.key), same->second));
  });
  if (!any && (value->is_map() || value->is_nothing())) {
    value->error("must name at least one zone");
  }
  return zones;
}

}  // namespace rollcall::config
