/// The lines `check_serverX = ip|hostname|service|script|send|expect` of failover-monitor.config.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "convert/target.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"

namespace rollcall::convert {

struct PhonaxCheck {
  SourcePosition where;
  IpAddress address;
  dns::Name host;
  std::string service;  // a name of services(5), or a number
  std::string script;   // restarts it; empty: none
  std::string send;
  std::string expect;
};

/// @param value behind the "="
Result<PhonaxCheck> read_phonax_check(std::string_view value, const SourcePosition& where);

/// A check as Rollcall has it.
struct CheckSettings {
  std::string name;
  Settings settings;
};
/// @return or why there is none
Result<CheckSettings> check_settings(const PhonaxCheck& check, const Surroundings& surroundings);

/// A text for the key `expect`, in which `^` at the front and `$` at the end are themselves.
std::string literal_expect(std::string text);

}  // namespace rollcall::convert
