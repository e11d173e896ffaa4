// health: what holds for the health of all pools.
#include "config/sections.hpp"

namespace rollcall::config {

void read_health(const std::optional<Value>& value, HealthOptions& options) {
  const Section section(value, {"observe_only"});
  if (const auto observe = section.find("observe_only")) {
    options.observe_only = read_switch(*observe, false);
  }
}

}  // namespace rollcall::config
