/// gdnsd's service_types as checks.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "convert/target.hpp"
#include "convert/vscf.hpp"

namespace rollcall::convert {

class GdnsdChecks {
 public:
  explicit GdnsdChecks(Target& target) : target_(target) {}

  /// @param types the map service_types, which outlives this object
  void define(const VscfValue& types);

  /// The check of a service type, made at its first use.
  /// @param where the place that names it
  /// @return nothing for "up", which needs no probes, and for one that cannot be taken over
  std::optional<std::string> use(const std::string& type, const SourcePosition& where);

  void report_unused();

 private:
  struct Type {
    const VscfEntry* entry = nullptr;
    bool used = false;
    std::optional<std::string> check = std::nullopt;
  };

  std::optional<Settings> settings_of(const VscfEntry& type);
  /// How a plugin probes: its own keys; nothing after a report.
  std::optional<Settings> probe_of(const VscfEntry& type, const std::string& plugin);
  std::optional<Settings> http_status(const VscfValue& map);
  std::optional<Settings> extmon(const VscfEntry& type);
  Settings extfile(const VscfEntry& type);
  void add_times(const VscfEntry& type, Settings& settings);
  void add_threshold(const VscfValue& map, const char* key, unsigned otherwise, const char* as,
                     Settings& settings);
  void report_others(const VscfEntry& type);

  Target& target_;
  std::map<std::string, Type> types_;
};

}  // namespace rollcall::convert
