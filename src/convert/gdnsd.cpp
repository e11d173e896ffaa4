// gdnsd's config and zones.
//
// Limitations: answers by place (geoip) and by CNAME with health are reported; of a CNAME's targets
// the one with the greatest weight stays. DYNA records in files of $INCLUDE stay as they are, and
// such a zone does not load.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "convert/formats.hpp"
#include "convert/gdnsd_checks.hpp"
#include "convert/gdnsd_resources.hpp"
#include "convert/vscf.hpp"
#include "convert/zone_file.hpp"
#include "core/letters.hpp"
#include "core/number.hpp"
#include "dns/message.hpp"

namespace rollcall::convert {
namespace {

constexpr unsigned kMostWeight = 255;            // of Rollcall's members
constexpr std::string_view kGdnsdTtl = "86400";  // zones_default_ttl where the config has none

bool is_dynamic(const dns::Word& word) {
  return !word.quoted && (same_letters(word.text, "DYNA") || same_letters(word.text, "DYNC"));
}

/// "300/30" and "300": the least time that gdnsd would give out, which is half of the most.
std::string least_ttl(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) return std::string(text.substr(slash + 1));
  const auto seconds = parse_number<std::uint32_t>(text);
  return seconds ? fmt::format("{}", *seconds / 2) : std::string(text);
}

/// `www 300/30 DYNA multifo!web`.
struct DynamicRecord {
  SourcePosition where;
  dns::Name owner;
  std::string ttl;
  std::string resource;
  std::string text;  // for the report
};

class GdnsdConversion {
 public:
  explicit GdnsdConversion(Target& target) : target_(target), checks_(target), resources_(target) {}

  void read_config(const VscfValue& config) {
    for (const VscfEntry& section : config.entries) {
      const std::string& name = section.key.text;
      if (name == "options") {
        read_options(section.value);
      } else if (name == "service_types") {
        checks_.define(section.value);
      } else if (name == "plugins") {
        resources_.define(section.value);
      } else {
        target_.left(section.where(), fmt::format("{}: unknown section", name));
      }
    }
  }

  void read_zone(const SourceFile& source) {
    std::string name = last_part(source.name);
    std::ranges::replace(name, '@', '/');  // gdnsd's spelling of a name with a slash
    const auto origin = dns::Name::parse(name);
    if (!origin) {
      return target_.left({source.name, 0, 0},
                          fmt::format("{}: the file is not named as a zone", name));
    }
    std::vector<std::pair<DynamicRecord, GdnsdResource>> dynamic;
    has_default_ttl_ = false;
    std::string text = edit_zone(source, *origin, [&](const ZoneEntry& entry) {
      return edit_entry(entry, *origin, dynamic);
    });
    if (!has_default_ttl_) text.insert(0, fmt::format("$TTL {}\n", default_ttl_));
    if (!target_.add_whole_zone(source.name, *origin, std::move(text))) return;
    for (const auto& [record, resource] : dynamic) report_record(record, resource);
  }

  void report_unused() {
    checks_.report_unused();
    resources_.report_unused();
  }

 private:
  void read_options(const VscfValue& options) {
    const VscfValue* port = options.find("dns_port");
    const auto number =
        port && port->is_text() ? parse_number<std::uint16_t>(port->word.text) : std::nullopt;
    for (const VscfEntry& option : options.entries) {
      const std::string& name = option.key.text;
      if (name == "listen") {
        read_listen(option.value, number.value_or(dns::kPort));
      } else if (name == "dns_port" && number) {
        target_.taken(option.where(), "dns_port: in server.listen");
      } else if (name == "zones_default_ttl" && option.value.is_text()) {
        default_ttl_ = option.value.word.text;
        target_.taken(option.where(), "zones_default_ttl: as $TTL of zone files without one");
      } else {
        target_.left(option.where(), fmt::format("{}: Rollcall has no such setting", name));
      }
    }
  }

  void read_listen(const VscfValue& value, std::uint16_t port) {
    std::vector<std::string> texts = value.texts();
    for (const VscfEntry& entry : value.entries) {
      texts.push_back(entry.key.text);
      for (const VscfEntry& own : entry.value.entries) {
        target_.left(own.where(), fmt::format("{}: Rollcall has no such setting", own.key.text));
      }
    }
    for (const std::string& text : texts) {
      if (const auto endpoint = Endpoint::parse(text, port); endpoint && endpoint->port != 0) {
        target_.listen(*endpoint);
      } else if (text != "any") {
        target_.left(value.where(), fmt::format("listen {}: not an address", text));
      } else if (port != dns::kPort) {
        target_.listen({*IpAddress::parse("0.0.0.0"), port});
      }
    }
    target_.taken(value.where(), "listen: in server.listen");
  }

  std::optional<std::string> edit_entry(
      const ZoneEntry& entry, const dns::Name& origin,
      std::vector<std::pair<DynamicRecord, GdnsdResource>>& dynamic) {
    const auto& words = entry.words;
    if (same_letters(words[0].text, "$TTL")) has_default_ttl_ = true;
    // Before the type there may be a TTL and the class.
    std::size_t at = entry.first;
    std::string ttl;
    for (; at < words.size() && is_ttl_or_class(words[at]); ++at) {
      if (!same_letters(words[at].text, "IN")) ttl = least_ttl(words[at].text);
    }
    if (at < words.size() && is_dynamic(words[at])) {
      const std::string resource(at + 1 < words.size() ? words[at + 1].text : "");
      const std::string text =
          fmt::format("{} {} {}", entry.owner.to_display(), words[at].text, resource);
      return records_of({entry.where, entry.owner, ttl, resource, text}, dynamic);
    }
    return with_zone_names(entry, origin);
  }

  /// @Z and @F as the zone's name: `foo.@Z` is another spelling of `foo.example.com.`.
  std::optional<std::string> with_zone_names(const ZoneEntry& entry, const dns::Name& origin) {
    bool any = false;
    std::string line = entry.first == 0 ? "\t" : "";
    for (const dns::Word& word : entry.words) {
      std::string text(word.text);
      const std::string_view end =
          std::string_view(text).substr(text.size() - std::min<std::size_t>(text.size(), 2));
      const bool alone = text.size() == 2 || (text.size() > 2 && text[text.size() - 3] == '.');
      if (!word.quoted && alone && (end == "@Z" || end == "@F")) {
        any = true;
        text.replace(text.size() - 2, 2, origin.to_text());
      }
      if (word.quoted) text = fmt::format("\"{}\"", text);
      line += (line.empty() || line == "\t" ? "" : " ") + text;
    }
    if (!any) return std::nullopt;
    target_.taken(entry.where, "@Z and @F: as the name of the zone");
    return line;
  }

  /// The A, AAAA or CNAME records in the place of a DYNA or DYNC record.
  std::optional<std::string> records_of(
      const DynamicRecord& record, std::vector<std::pair<DynamicRecord, GdnsdResource>>& dynamic) {
    auto resource = resources_.use(record.resource);
    if (!resource || (resource->addresses.empty() && resource->aliases.empty())) {
      target_.left(record.where, record.text + ": no addresses are known for this resource");
      return "; no addresses are known for this record";
    }
    std::string lines;
    std::set<IpAddress> seen;
    for (const GdnsdAddress& one : resource->addresses) {
      if (!seen.insert(one.address).second) continue;
      lines += lines.empty() ? "" : "\n";
      lines += record_line(record.owner, record.ttl, one.address.is_v4() ? "A" : "AAAA",
                           one.address.to_string());
    }
    if (lines.empty()) {
      const auto best =
          std::ranges::max_element(resource->aliases, {}, &std::pair<dns::Name, unsigned>::second);
      lines = record_line(record.owner, record.ttl, "CNAME", best->first.to_text());
    }
    dynamic.emplace_back(record, std::move(*resource));
    return lines;
  }

  void report_record(const DynamicRecord& record, const GdnsdResource& resource) {
    const bool first = noted_.insert(record.resource).second;
    for (const std::string& note : first ? resource.notes : std::vector<std::string>{}) {
      target_.left(resource.where, fmt::format("{}: {}", record.resource, note));
    }
    if (resource.addresses.empty()) {
      target_.taken(record.where, record.text + ": one CNAME record");
      if (resource.aliases.size() > 1) {
        target_.left(resource.where,
                     record.resource + ": a pool's members are addresses, not names");
      }
      return;
    }
    std::vector<std::string> checks;
    for (const std::string& service : resource.services) {
      const auto check = checks_.use(service, resource.where);
      if (check && std::ranges::find(checks, *check) == checks.end()) checks.push_back(*check);
    }
    if (checks.empty() && (resource.weighted || resource.has_backups())) {
      checks.push_back(target_.add_always_up());
    }
    if (checks.empty()) {
      target_.taken(record.where, fmt::format("{}: records without a check, {}", record.text,
                                              resource.addresses.size()));
      return;
    }
    if (const std::string why = target_.why_no_pool(record.owner); !why.empty()) {
      return target_.left(record.where, fmt::format("{}: {}", record.text, why));
    }
    if (target_.has_pool(record.owner)) {
      return target_.left(record.where, record.text + ": the name has a pool already");
    }
    add_pool(record, resource, std::move(checks));
  }

  void add_pool(const DynamicRecord& record, const GdnsdResource& resource,
                std::vector<std::string> checks) {
    TargetPool& pool = target_.pool(record.owner, record.where);
    pool.checks = std::move(checks);
    if (resource.single) pool.settings.push_back({"max_answers", "1"});
    if (resource.min_healthy != 0) {
      pool.settings.push_back({"min_healthy", fmt::format("{}%", resource.min_healthy)});
    }
    if (resource.observe_only) pool.settings.push_back({"observe_only", "true"});
    unsigned heaviest = 1;
    for (const GdnsdAddress& one : resource.addresses) heaviest = std::max(heaviest, one.weight);
    for (const GdnsdAddress& one : resource.addresses) {
      Settings& member = pool.members[one.address];
      if (!member.empty()) continue;  // the same address again
      if (one.backup) member.push_back({"tier", "backup"});
      const unsigned weight = scaled(one.weight, heaviest);
      if (weight != 1) member.push_back({"weight", fmt::format("{}", weight)});
    }
    if (heaviest > kMostWeight) {
      target_.left(resource.where, fmt::format("{}: weights above {} are scaled down",
                                               record.resource, kMostWeight));
    }
    target_.taken(record.where,
                  fmt::format("{}: a pool, members {}", record.text, resource.addresses.size()));
  }

  static unsigned scaled(unsigned weight, unsigned heaviest) {
    if (heaviest <= kMostWeight || weight == 0) return weight;
    const std::uint64_t share = std::uint64_t{weight} * kMostWeight / heaviest;
    return std::max(1U, static_cast<unsigned>(share));
  }

  Target& target_;
  GdnsdChecks checks_;
  GdnsdResources resources_;
  std::set<std::string> noted_;  // resources whose notes are in the report
  std::string default_ttl_{kGdnsdTtl};
  bool has_default_ttl_ = false;  // of the zone that is read
};

bool is_config(const VscfValue& value) {
  return !value.entries.empty() && std::ranges::all_of(value.entries, [](const VscfEntry& entry) {
    return entry.key.text == "options" || entry.key.text == "service_types" ||
           entry.key.text == "plugins";
  });
}

}  // namespace

void convert_gdnsd(Shelf& shelf, Target& target) {
  VscfReader reader(shelf);
  std::deque<VscfValue> configs;
  GdnsdConversion conversion(target);
  for (const SourceFile* source : shelf.unused()) {
    const bool named = last_part(source->name) == "config";
    auto value = reader.read(*source);
    if (!value && named) return target.wrong(value.error());
    if (!value || (!named && !is_config(*value))) continue;
    shelf.use(*source);
    configs.push_back(std::move(*value));
    conversion.read_config(configs.back());
  }
  for (const SourceFile* source : shelf.unused()) {
    shelf.use(*source);
    conversion.read_zone(*source);
  }
  conversion.report_unused();
}

}  // namespace rollcall::convert
