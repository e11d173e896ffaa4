#include "convert/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "convert/zone_file.hpp"
#include "core/printable.hpp"
#include "zone/addresses.hpp"
#include "zone/shares.hpp"

namespace rollcall::convert {
namespace {

constexpr std::size_t kMaxCheckName = 64;    // octets: more than a screen has room for
constexpr std::size_t kMaxCheckText = 4096;  // octets of a value of rollcall.yaml
constexpr const char* kHead = "# Made by `rollcallctl convert`; conversion.txt says from what.\n";

Value text_list(const std::vector<std::string>& texts) {
  List items;
  for (const std::string& text : texts) items.emplace_back(text);
  return items;
}

/// By file, in the order in which the files appear, then by line.
std::vector<ReportLine> in_order(std::vector<ReportLine> report) {
  std::map<std::string, std::size_t> files;
  for (const ReportLine& line : report) files.emplace(line.where.file, files.size());
  const auto place = [&](const ReportLine& line) {
    return std::tuple(files.find(line.where.file)->second, line.where.line, line.where.column);
  };
  std::ranges::stable_sort(report, {}, place);
  return report;
}

}  // namespace

void Target::taken(const SourcePosition& where, std::string message) {
  report_.push_back({where, true, std::move(message)});
}

void Target::left(const SourcePosition& where, std::string message) {
  report_.push_back({where, false, std::move(message)});
}

std::string Target::add_check(const std::string& wished, Settings settings) {
  const std::string wish =
      is_check_text(wished) && wished.size() <= kMaxCheckName ? wished : "check";
  const auto [known, fresh] = check_names_.emplace(yaml_line(settings), wish);
  if (!fresh) return known->second;
  // A number that makes the name another one may itself be the end of a name that was wished.
  for (unsigned number = ++used_names_[wish]; number > 1; number = ++used_names_[wish]) {
    known->second = fmt::format("{}-{}", wish, number);
    if (used_names_.emplace(known->second, 1).second) break;
  }
  checks_.push_back({known->second, std::move(settings)});
  return known->second;
}

std::string Target::add_always_up() {
  const std::string path = "always-up";
  add_file(path,
           {"# Members without a line here are up. A line `192.0.2.1 down` takes one out.\n"});
  return add_check("always-up", {{"type", "file"}, {"file", path}, {"missing", "up"}});
}

TargetPool& Target::pool(const dns::Name& name, const SourcePosition& where) {
  const auto [at, fresh] = pool_index_.emplace(name.lowered(), pools_.size());
  if (fresh) pools_.push_back({name, where, {}, {}, {}});
  return pools_[at->second];
}

std::string Target::why_no_pool(const dns::Name& name) {
  const std::size_t count = addresses(name).size();
  if (count == 0) return "no zone has addresses of that name";
  if (count <= zone::kMaxWatchedRecords) return {};
  return fmt::format("a pool has at most {} records", zone::kMaxWatchedRecords);
}

/// A pool's name is the Host of its probes, but a wildcard is not the name of a host.
void Target::drop_pools_without_host() {
  std::set<std::string> hostless;
  for (const auto& [name, settings] : checks_) {
    const Settings& own = std::get<Settings>(settings.content);
    const std::string type = yaml_line(own[0].value);
    const bool has_host = std::ranges::find(own, "host", &Setting::key) != own.end();
    if (type.starts_with("http") && !has_host) hostless.insert(name);
  }
  std::erase_if(pools_, [&](const TargetPool& pool) {
    const bool dropped =
        pool.name.is_wildcard() && std::ranges::any_of(pool.checks, [&](const std::string& check) {
          return hostless.contains(check);
        });
    if (dropped) {
      left(pool.where, fmt::format("the pool {}: a wildcard's check needs the name of a host",
                                   pool.name.to_display()));
    }
    return dropped;
  });
}

std::string Target::free_path(const std::string& folder, std::string_view source) {
  const std::string path = folder + "/" + last_part(source);
  std::string free = path;
  unsigned& number = next_paths_.try_emplace(path, 2).first->second;
  while (has_file(free)) free = fmt::format("{}-{}", path, number++);
  return free;
}

std::string Target::load(TargetZone& zone) {
  LoadedZone loaded = load_zone_text(zone, surroundings_);
  if (!loaded.zone) return loaded.problem;
  zone.zone = std::move(loaded.zone);
  for (auto& [path, text] : loaded.included) files_[path] = {std::move(text)};
  files_[zone.path] = {zone.text};
  return {};
}

/// Restores the blanks before records without an owner, where the zone does not load without them.
std::string Target::load_or_mend(TargetZone& zone) {
  std::string problem = load(zone);
  if (problem.empty()) return problem;
  TargetZone mended = zone;
  std::vector<std::uint32_t> lines;
  mended.text = mend_class_words(zone.text, [&](std::uint32_t line) { lines.push_back(line); });
  if (lines.empty() || !load(mended).empty()) return problem;
  zone = std::move(mended);
  for (const std::uint32_t line : lines) {
    taken({zone.source, line, 1},
          "a record without an owner: with blanks before it, else its owner would be \"IN\"");
  }
  return {};
}

bool Target::add_whole_zone(const std::string& source, const dns::Name& origin, std::string text) {
  return add_zone({.origin = origin,
                   .path = free_path("zones", source),
                   .text = std::move(text),
                   .source = source,
                   .where = {source, 1, 1},
                   .settings = {}},
                  "zone " + origin.to_display());
}

bool Target::add_zone(TargetZone zone, const std::string& what) {
  const std::string name = zone.origin.to_display();
  if (zone_index_.contains(zone.origin)) {
    left(zone.where, fmt::format("{}: the zone {} is there already", what, name));
    return false;
  }
  if (const std::string problem = load_or_mend(zone); !problem.empty()) {
    left(zone.where, fmt::format("{}: the zone file is refused: {}", what, problem));
    return false;
  }
  taken(zone.where, fmt::format("{}: the file {}", what, zone.path));
  zone_index_.emplace(zone.origin.lowered(), zones_.size());
  zones_.push_back(std::move(zone));
  addresses_.clear();
  return true;
}

TargetZone* Target::zone_of(const dns::Name& name) {
  for (dns::Name at = name;; at = at.parent()) {
    if (const auto found = zone_index_.find(at); found != zone_index_.end()) {
      return &zones_[found->second];
    }
    if (at.is_root()) return nullptr;  // the root's parent is the root
  }
}

const std::set<IpAddress>& Target::addresses(const dns::Name& name) {
  const auto [at, fresh] = addresses_.try_emplace(name);
  const TargetZone* zone = fresh ? zone_of(name) : nullptr;
  if (zone != nullptr) {
    for (const IpAddress& one : zone::addresses_of(*zone->zone, name)) at->second.insert(one);
  }
  return at->second;
}

bool Target::append_to(TargetZone& zone, const std::string& lines) {
  TargetZone longer = zone;
  if (!longer.text.empty() && !longer.text.ends_with('\n')) longer.text += '\n';
  longer.text += lines;
  if (!load(longer).empty()) return false;
  zone = std::move(longer);
  addresses_.clear();
  return true;
}

void Target::listen(const Endpoint& endpoint) {
  if (known_endpoints_.insert(endpoint).second) listen_.emplace_back(endpoint.to_string());
}

TargetAgent& Target::agent(const IpAddress& node) {
  return agents_[node];
}

Settings Target::zones_section() const {
  Settings section;
  for (const TargetZone& zone : zones_) {
    Settings settings{{"file", zone.path}};
    settings.insert(settings.end(), zone.settings.begin(), zone.settings.end());
    section.push_back({zone.origin.to_display(), std::move(settings)});
  }
  return section;
}

Settings Target::pools_section() const {
  Settings section;
  for (const TargetPool& pool : pools_) {
    Settings settings;
    if (pool.checks.size() == 1) {
      settings.push_back({"check", pool.checks[0]});
    } else {
      settings.push_back({"checks", text_list(pool.checks)});
    }
    settings.insert(settings.end(), pool.settings.begin(), pool.settings.end());
    Settings members;
    for (const auto& [address, own] : pool.members) {
      if (!own.empty()) members.push_back({address.to_string(), own});
    }
    if (!members.empty()) settings.push_back({"members", std::move(members)});
    section.push_back({pool.name.to_display(), std::move(settings)});
  }
  return section;
}

void Target::write_agents(Conversion& conversion) const {
  if (agents_.empty()) return;
  for (const auto& [node, agent] : agents_) {
    const std::string folder = "agents/" + node.to_string() + "/";
    Settings services;
    for (const std::string& script : agent.scripts) {
      services.push_back({script, Settings{{"script", script}}});
    }
    Settings top{{"listen", agent.listen.to_string()},
                 {"keys", Settings{{"ns1", Settings{{"file", "ns1.key"}}}}}};
    if (!agent.scripts_path.empty()) top.push_back({"scripts_path", agent.scripts_path});
    top.push_back({"services", std::move(services)});
    std::string text = kHead;
    for (const Setting& setting : top) text += yaml_document({setting});
    conversion.files[folder + "agent.yaml"] = {std::move(text)};
    conversion.agent_keys.push_back({"agent-keys/" + node.to_string() + ".key", folder + "ns1.key"});
  }
}

Result<Conversion, Diagnostics> Target::finish() && {
  if (!has_errors() && zones_.empty()) {
    wrong({Severity::error, {}, "none of the files gives a zone that could be served"});
    for (const ReportLine& line : report_) {
      if (!line.taken) wrong({Severity::error, line.where, "not taken over: " + line.message});
    }
  }
  if (has_errors()) {
    keep_first(errors_, "");
    return std::unexpected(std::move(errors_));
  }
  drop_pools_without_host();
  Conversion conversion;
  conversion.files = std::move(files_);
  Settings server;
  if (!listen_.empty()) server.push_back({"listen", std::move(listen_)});
  if (!agents_.empty()) agents.push_back({"keys_dir", "agent-keys"});
  conversion.files["rollcall.yaml"] = {kHead + yaml_document({{"server", std::move(server)},
                                                              {"keys", std::move(keys)},
                                                              {"zones", zones_section()},
                                                              {"checks", std::move(checks_)},
                                                              {"pools", pools_section()},
                                                              {"agents", std::move(agents)},
                                                              {"alerts", std::move(alerts)}})};
  write_agents(conversion);
  conversion.report = in_order(std::move(report_));
  return conversion;
}

std::string last_part(std::string_view path) {
  path = path.substr(path.find_last_of("/\\") + 1);
  if (path.empty() || path == "." || path == "..") return "zone";
  std::string part(path);
  std::ranges::replace_if(part, [](char c) { return c <= ' ' || c >= 0x7f || c == '"'; }, '-');
  return part;
}

bool is_check_path(std::string_view text) {
  return text.starts_with('/') && text.size() <= kMaxCheckText &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

bool is_check_host(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCheckText && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7f && c != '/' && c != ':';
  });
}

bool is_check_text(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCheckText && is_printable(text);
}

}  // namespace rollcall::convert
