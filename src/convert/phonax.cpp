// The failover scripts of phonax.com: their settings and updates.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "convert/formats.hpp"
#include "convert/named_conf.hpp"
#include "convert/phonax_pools.hpp"
#include "core/number.hpp"
#include "core/trimmed.hpp"

namespace rollcall::convert {
namespace {

constexpr std::string_view kUpdate = "update ";

/// A line that says something, without the blanks around it.
struct SourceLine {
  SourcePosition where;
  std::string_view text;
};

std::vector<SourceLine> lines_of_source(const SourceFile& source) {
  std::vector<SourceLine> lines;
  std::string_view rest = source.text;
  for (std::uint32_t number = 1; !rest.empty(); ++number) {
    const std::size_t size = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view text = trimmed(rest.substr(0, size));
    const auto column =
        static_cast<std::uint32_t>(text.empty() ? 1 : text.data() - rest.data() + 1);
    if (!text.empty() && text[0] != '#') lines.push_back({{source.name, number, column}, text});
    rest.remove_prefix(size);
  }
  return lines;
}

bool is_setting(std::string_view line) {
  const std::string_view key = trimmed(line.substr(0, line.find('=')));
  return line.contains('=') && !key.empty() && std::ranges::all_of(key, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool is_named_conf(const SourceFile& source) {
  return last_part(source.name).starts_with("named.conf");
}

std::vector<std::string_view> words_of_update(std::string_view line) {
  constexpr std::size_t kMost = 8;  // more than an update of an address has
  std::vector<std::string_view> words;
  while (!(line = trimmed(line)).empty() && words.size() < kMost) {
    const std::size_t size = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, size));
    line.remove_prefix(size);
  }
  return words;
}

/// `update add NAME TTL [IN] A ADDRESS`.
struct AddressUpdate {
  dns::Name name;
  std::uint32_t ttl = 0;
  IpAddress address;
};
std::optional<AddressUpdate> read_address_update(std::string_view line) {
  std::vector<std::string_view> words = words_of_update(line);
  if (words.size() == 7 && words[4] == "IN") words.erase(words.begin() + 4);
  if (words.size() != 6 || words[0] != "update" || words[1] != "add") return std::nullopt;
  const auto name = dns::Name::parse(words[2]);
  const auto ttl = parse_number<std::uint32_t>(words[3]);
  const auto address = IpAddress::parse(words[5]);
  if (!name || !ttl || !address || words[4] != (address->is_v4() ? "A" : "AAAA")) {
    return std::nullopt;
  }
  return AddressUpdate{*name, *ttl, *address};
}

class PhonaxConversion {
 public:
  explicit PhonaxConversion(Target& target) : target_(target), pools_(target) {}

  void read_settings(const std::vector<SourceLine>& lines) {
    for (const SourceLine& line : lines) {
      const std::size_t equals = line.text.find('=');
      if (!is_setting(line.text)) {
        target_.left(line.where, "expected KEY = VALUE");
      } else {
        read_setting(line.where, std::string(trimmed(line.text.substr(0, equals))),
                     trimmed(line.text.substr(equals + 1)));
      }
    }
  }

  /// Records that a zone file has, or gets.
  void read_updates(const std::vector<SourceLine>& lines) {
    for (const SourceLine& line : lines) read_update(line);
  }

  void finish() {
    for (auto& [name, added] : added_) add_records(added);
    for (const PhonaxCheck& check : checks_) pools_.add(check);
    pools_.finish(nodes_);
    if (!mails_.empty()) target_.alerts.push_back({"email", Settings{{"to", mails_}}});
  }

 private:
  struct Added {
    dns::Name origin;
    std::string records;
    std::vector<SourceLine> sources;
  };

  void read_setting(const SourcePosition& where, const std::string& key, std::string_view value) {
    if (key.starts_with("check_server") || key.starts_with("check-server")) {
      auto check = read_phonax_check(value, where);
      if (!check) return target_.left(where, fmt::format("{}: {}", key, check.error().message));
      checks_.push_back(std::move(*check));
    } else if (key == "email") {
      read_mail(where, std::string(value));
    } else if (key == "password") {
      target_.left(where, "password: each agent shares a new key with rollcalld instead, in agent-keys");
    } else if (key == "clusternode_server_port") {
      read_port(where, key, value, nodes_.asked_port, "agents.port");
    } else if (key == "local_server_port") {
      read_port(where, key, value, nodes_.agent_port, "listen in each agent.yaml");
    } else if (key == "scripts_path" && is_check_text(value)) {
      nodes_.scripts_path = std::string(value);
      target_.taken(where, "scripts_path: in each agent.yaml");
    } else if (key.starts_with("bind8_dns_server")) {
      target_.left(where, fmt::format("{}: rollcalld answers in its place; if {} stays a "
                                      "nameserver, add it to the zones' secondaries",
                                      key, value));
    } else if (key == "failover_directory") {
      target_.left(where, "failover_directory: rollcalld needs no scripts for nsupdate");
    } else {
      target_.left(where, fmt::format("{}: unknown key", key));
    }
  }

  void read_mail(const SourcePosition& where, const std::string& address) {
    const bool good = address.contains('@') && !address.starts_with('@') &&
                      !address.ends_with('@') && is_check_text(address) &&
                      address.find_first_of(" <>,;\"\\") == std::string::npos;
    if (!good) return target_.left(where, "email: expected one address such as root@example.com");
    if (known_mails_.insert(address).second) mails_.emplace_back(address);
    target_.taken(where, fmt::format("email: {} in alerts.email", address));
  }

  void read_port(const SourcePosition& where, const std::string& key, std::string_view value,
                 std::optional<std::uint16_t>& port, std::string_view as) {
    const auto number = parse_number<std::uint16_t>(value);
    if (!number || *number == 0) return target_.left(where, fmt::format("{}: not a port", key));
    port = number;
    target_.taken(where, fmt::format("{}: {}", key, as));
  }

  void read_update(const SourceLine& line) {
    const auto update = read_address_update(line.text);
    if (!update) return target_.left(line.where, "expected update add NAME TTL A ADDRESS");
    const TargetZone* zone = target_.zone_of(update->name);
    if (zone == nullptr) {
      return target_.left(line.where, fmt::format("{}: in none of the zones", line.text));
    }
    if (target_.addresses(update->name).contains(update->address)) {
      return target_.taken(line.where, fmt::format("{}: a record of {}", line.text, zone->path));
    }
    Added& added = added_[zone->origin.lowered().to_text()];
    added.origin = zone->origin;
    added.records +=
        fmt::format("{} {} IN {} {}\n", update->name.to_text(), update->ttl,
                    update->address.is_v4() ? "A" : "AAAA", update->address.to_string());
    added.sources.push_back(line);
  }

  void add_records(const Added& added) {
    TargetZone* zone = target_.zone_of(added.origin);
    const bool loads = target_.append_to(*zone, added.records);
    for (const SourceLine& line : added.sources) {
      if (loads) {
        target_.taken(line.where, fmt::format("{}: added to {}", line.text, zone->path));
      } else {
        target_.left(line.where, fmt::format("{}: {} would not load with the records that it "
                                             "lacks",
                                             line.text, zone->path));
      }
    }
  }

  Target& target_;
  PhonaxPools pools_;
  PhonaxNodes nodes_;
  std::vector<PhonaxCheck> checks_;
  std::map<std::string, Added> added_;  // by the zone's origin
  std::set<std::string> known_mails_;
  List mails_;
};

}  // namespace

void convert_phonax(Shelf& shelf, Target& target) {
  NamedConf conf(shelf, target);
  for (const SourceFile* source : shelf.unused()) {
    if (!is_named_conf(*source)) continue;
    shelf.use(*source);
    conf.read(*source);
  }
  convert_named_conf(conf, shelf, target);
  PhonaxConversion conversion(target);
  for (const SourceFile* source : shelf.unused()) {
    const std::vector<SourceLine> lines = lines_of_source(*source);
    const bool updates = !lines.empty() && lines[0].text.starts_with(kUpdate);
    if (!updates && (lines.empty() || !is_setting(lines[0].text))) continue;
    shelf.use(*source);
    updates ? conversion.read_updates(lines) : conversion.read_settings(lines);
  }
  conversion.finish();
}

}  // namespace rollcall::convert
