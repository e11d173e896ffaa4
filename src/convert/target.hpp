/// The configuration that a conversion builds, and its report.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "convert/conversion.hpp"
#include "convert/yaml_text.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "zone/zone.hpp"

namespace rollcall::convert {

/// A zone file of the result.
struct TargetZone {
  dns::Name origin;
  std::string path;  // in the target folder
  std::string text;
  std::string source;  // the file that it comes from, for relative paths of $INCLUDE
  SourcePosition where;
  Settings settings;  // besides `file`
  std::shared_ptr<const zone::Zone> zone = nullptr;
};

struct TargetPool {
  dns::Name name;
  SourcePosition where;
  std::vector<std::string> checks;  // all must pass
  Settings settings;                // besides checks and members
  std::map<IpAddress, Settings> members;
};

/// A node's agent.
struct TargetAgent {
  Endpoint listen;
  std::string scripts_path;
  std::set<std::string> scripts;  // each under its own name
};

class Target {
 public:
  explicit Target(const Surroundings& surroundings) : surroundings_(surroundings) {}

  // The report.
  void taken(const SourcePosition& where, std::string message);
  void left(const SourcePosition& where, std::string message);
  /// What cannot be read at all: the conversion fails.
  void wrong(Diagnostic diagnostic) { errors_.push_back(std::move(diagnostic)); }
  bool has_errors() const noexcept { return !errors_.empty(); }

  /// A check with these settings: one that is there already, or a new one.
  /// @param settings the first is the type
  /// @param wished its name; another one where that is taken by a different check
  std::string add_check(const std::string& wished, Settings settings);
  /// A check that is always good, for members with shares but without probes.
  std::string add_always_up();

  /// The pool of that name; a new one where there is none.
  TargetPool& pool(const dns::Name& name, const SourcePosition& where);
  /// Why no pool can have that name: a sentence part; empty: one can.
  std::string why_no_pool(const dns::Name& name);
  bool has_pool(const dns::Name& name) const { return pool_index_.contains(name); }

  /// Adds a zone if rollcalld will load its text, and reports either.
  /// @return false where it is not taken over, or the zone is there already
  bool add_zone(TargetZone zone, const std::string& what);
  /// A zone that has a file of its own in the source.
  bool add_whole_zone(const std::string& source, const dns::Name& origin, std::string text);
  /// The zone that `name` is in; null where there is none. Valid until the next add_zone().
  TargetZone* zone_of(const dns::Name& name);
  /// The A and AAAA records of a name in the zones; valid until one of them changes.
  const std::set<IpAddress>& addresses(const dns::Name& name);
  /// Adds lines to a zone's text and loads it again.
  /// @return false, and the zone stays as it is, where it would not load
  bool append_to(TargetZone& zone, const std::string& lines);
  bool has_zones() const noexcept { return !zones_.empty(); }

  /// Adds an address to server.listen, once.
  void listen(const Endpoint& endpoint);
  TargetAgent& agent(const IpAddress& node);
  void add_file(const std::string& path, OutputFile file) { files_[path] = std::move(file); }
  bool has_file(const std::string& path) const { return files_.contains(path); }
  /// `folder` and the last part of `source`, or a name like it that no other file has.
  std::string free_path(const std::string& folder, std::string_view source);

  const Surroundings& surroundings() const noexcept { return surroundings_; }

  Settings keys, agents, alerts;  // sections of rollcall.yaml

  /// @return the files and the report, or the errors
  Result<Conversion, Diagnostics> finish() &&;

 private:
  /// Loads the zone's text as rollcalld will; its problem, or nothing.
  std::string load(TargetZone& zone);
  std::string load_or_mend(TargetZone& zone);
  void drop_pools_without_host();
  Settings pools_section() const;
  Settings zones_section() const;
  void write_agents(Conversion& conversion) const;

  const Surroundings& surroundings_;
  std::vector<ReportLine> report_;
  Diagnostics errors_;
  List listen_;
  std::set<Endpoint> known_endpoints_;
  std::map<std::string, OutputFile> files_;
  Settings checks_;
  std::map<std::string, std::string> check_names_;           // by the settings as text
  std::map<std::string, unsigned, std::less<>> used_names_;  // how often a check's name was wished
  std::vector<TargetPool> pools_;
  std::unordered_map<dns::Name, std::size_t> pool_index_;
  std::vector<TargetZone> zones_;
  std::unordered_map<dns::Name, std::size_t> zone_index_;
  std::unordered_map<dns::Name, std::set<IpAddress>> addresses_;  // as far as asked for
  std::map<std::string, unsigned> next_paths_;  // the number to try for a path that is taken
  std::map<IpAddress, TargetAgent> agents_;
};

/// The last part of a path, by either kind of slash; never empty, "." or "..". Characters that are
/// not printable ASCII become "-".
std::string last_part(std::string_view path);

// What rollcall.yaml accepts as a path and a host of a check, and as a text of one line.
bool is_check_path(std::string_view text);
bool is_check_host(std::string_view text);
bool is_check_text(std::string_view text);

}  // namespace rollcall::convert
