/// The health checks of Route 53.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "convert/json_text.hpp"
#include "convert/target.hpp"
#include "core/ip_address.hpp"

namespace rollcall::convert {

/// A health check as Rollcall has it. Its port and address can be those of one member.
struct Route53Check {
  std::string name;                  // what its check would like to be called
  Settings settings;                 // without the port
  std::string port;                  // a number
  bool usual_port = false;           // of its type: the settings need not say it
  std::optional<IpAddress> address;  // that is probed, where it names one

  /// Whether both differ in nothing but port and address.
  bool is_like(const Route53Check& other) const;
};

class Route53Checks {
 public:
  explicit Route53Checks(Target& target) : target_(target) {}

  void define(const JsonItem& item);
  /// @return nothing for one that is unknown, or cannot be taken over
  const Route53Check* find(const std::string& id) const;
  /// Marks a check as taken over with the name of Rollcall's check.
  void take(const std::string& id, const std::string& name);
  void report();

 private:
  struct Known {
    SourcePosition where;
    std::optional<Route53Check> check = std::nullopt;
    std::string taken_as;
    std::string problem;
  };
  static Result<Route53Check> read(const boost::json::object& config);

  Target& target_;
  std::map<std::string, Known> known_;
};

}  // namespace rollcall::convert
