// agents: where agents listen, and their key.
#include <fmt/format.h>

#include "config/sections.hpp"

namespace rollcall::config {

bool read_agents(const std::optional<yaml::Value>& value, AgentsOptions& options) {
  const yaml::Section section(value, {"port", "key_file", "nodes"});
  if (const auto port = section.find("port")) {
    options.port = static_cast<std::uint16_t>(port->number(1, 65535).value_or(options.port));
  }
  const std::optional<yaml::Value> key_file = section.find("key_file");
  if (key_file) {
    options.key_file = key_file->file_path().value_or("");
    options.key_file_where = key_file->where();
  }
  if (const auto nodes = section.find("nodes")) {
    nodes->for_each_entry([&](const yaml::Entry& entry) {
      const yaml::Section node(entry.value, {"address"});
      const std::optional<yaml::Value> place = node.need("address");
      const std::optional<Endpoint> endpoint = place ? place->endpoint(options.port) : std::nullopt;
      const std::optional<IpAddress> address = read_address(entry.key_place, entry.key);
      if (!address || !endpoint) return;
      if (!options.nodes.emplace(*address, *endpoint).second) {
        entry.key_place.plain_error(
            fmt::format("node {} is defined twice in {}", address->to_string(), nodes->path()));
      }
    });
  }
  if (value && value->is_map() && !key_file) {
    value->warning("has no key_file: no agent is asked for anything");
  }
  return key_file.has_value();
}

}  // namespace rollcall::config
