/// Plain pools and checks for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pool/pool_spec.hpp"

namespace rollcall::pool {

inline dns::Name name_of(std::string_view text) {
  return *dns::Name::parse(text);
}
inline IpAddress address_of(std::string_view text) {
  return *IpAddress::parse(text);
}

inline health::CheckSpec check_of(const std::string& name) {
  health::CheckSpec check{.name = name, .port = 80, .how = health::TcpCheck{}};
  check.rise = 1;
  check.fall = 1;
  return check;
}

inline PoolSpec pool_of(std::string_view name, std::vector<std::string> checks = {"web"}) {
  PoolSpec pool{.name = name_of(name)};
  for (const std::string& check : checks) pool.checks.push_back(check_of(check));
  return pool;
}

}  // namespace rollcall::pool
