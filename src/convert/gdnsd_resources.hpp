/// The resources of gdnsd's plugins: named sets of addresses.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/target.hpp"
#include "convert/vscf.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"

namespace rollcall::convert {

struct GdnsdAddress {
  IpAddress address;
  unsigned weight = 1;
  bool backup = false;
};

/// What a resource answers, and how its addresses are watched.
struct GdnsdResource {
  SourcePosition where;
  std::vector<GdnsdAddress> addresses;
  std::vector<std::pair<dns::Name, unsigned>> aliases;  // targets of CNAME, with their weights
  std::vector<std::string> services;                    // service types
  unsigned min_healthy = 0;                             // per cent
  bool weighted = false;
  bool single = false;             // one address an answer
  bool observe_only = false;       // ignore_health
  std::vector<std::string> notes;  // what is not taken over

  bool has_backups() const;
  /// Adds what is not taken over; after some it only says that there is more.
  void note(std::string text);
};

class GdnsdResources {
 public:
  explicit GdnsdResources(Target& target) : target_(target) {}

  /// @param plugins the map plugins
  void define(const VscfValue& plugins);

  /// The resource that a DYNA record names as `plugin!resource`, marked as used; nothing where
  /// there is none.
  std::optional<GdnsdResource> use(const std::string& name);

  void report_unused();

 private:
  /// Settings that inner maps inherit.
  struct Scope {
    std::string plugin;
    std::vector<std::string> services;
    double up_thresh = 0.5;  // gdnsd's default
    bool multi = false;
    bool ignore_health = false;
  };
  /// A datacenter of metafo: a resource of its own, or the name of one.
  struct Part {
    std::string name;
    std::string reference;  // empty: `own` counts
    GdnsdResource own;
  };
  struct Known {
    GdnsdResource resource;
    std::vector<Part> parts;  // of a metafo resource
    bool used = false;
  };

  static Scope inner(const Scope& outer, const VscfValue& map);
  void define_plugin(const VscfEntry& plugin);
  void define_metafo(const VscfValue& plugin);
  Part read_part(const std::string& name, const VscfValue* value, const Scope& scope);
  GdnsdResource read_resource(const VscfValue& value, const Scope& scope);
  void read_addresses(const VscfValue& value, const Scope& scope, GdnsdResource& resource);
  void read_entry(const VscfEntry& entry, const Scope& scope, GdnsdResource& resource);
  static void add_target(const std::string& text, unsigned weight, bool backup,
                         GdnsdResource& resource);
  GdnsdResource use_part(const Part& part);
  GdnsdResource join(const Known& metafo);

  Target& target_;
  std::map<std::string, Known> known_;
};

}  // namespace rollcall::convert
