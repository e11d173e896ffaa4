/// The record sets of a hosted zone of Route 53.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "convert/json_text.hpp"
#include "convert/route53_checks.hpp"
#include "convert/target.hpp"
#include "dns/name.hpp"

namespace rollcall::convert {

/// One record set, with what decides whether it is answered.
struct Route53Set {
  SourcePosition where;
  dns::Name name;
  std::string type;
  std::string ttl;
  std::vector<std::string> values;
  std::string alias;         // the target of an alias; empty: none
  std::string health_check;  // its id
  std::string identifier;
  std::string policy;  // "Weight", "Failover", ...; empty: simple
  std::int64_t weight = 1;
  bool secondary = false;  // of failover

  std::string text() const;  // for the report
};

class Route53Zone {
 public:
  Route53Zone(Target& target, Route53Checks& checks) : target_(target), checks_(checks) {}

  void read(const SourceFile& source, const std::vector<JsonItem>& items);

 private:
  /// The sets of one name and type.
  using Group = std::vector<Route53Set>;

  void add_set(const JsonItem& item);
  void read_values(const boost::json::object& object, Route53Set& set);
  bool find_origin();
  void write_group(const Group& group);
  void write_alias(const Route53Set& set);
  void write_addresses(const Group& group);
  void write_one(const Group& group);
  void add_pool(const Group& group);
  void add_members(const Route53Set& set, const Route53Check* check, const Route53Check* pool_check,
                   TargetPool& pool);
  void set_once(TargetPool& pool, const char* key, const std::string& value);

  Target& target_;
  Route53Checks& checks_;
  std::vector<Group> groups_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;  // by name and type
  std::map<std::string, std::size_t> types_of_;  // how many groups a name has, without aliases
  std::map<std::string, std::string> aliases_;   // targets that were written, by name
  dns::Name origin_;
  std::string text_;
  std::vector<const Group*> pools_;
};

}  // namespace rollcall::convert
