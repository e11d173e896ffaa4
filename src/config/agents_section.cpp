// agents: where agents listen, and their keys.
#include <fmt/format.h>

#include "config/sections.hpp"

namespace rollcall::config {

using namespace std::chrono_literals;

bool read_agents(const std::optional<yaml::Value>& value, AgentsOptions& options) {
  const yaml::Section section(value, {"port", "keys_dir", "key_file", "status_interval", "nodes"});
  if (const auto port = section.find("port")) {
    options.port = static_cast<std::uint16_t>(port->number(1, 65535).value_or(options.port));
  }
  const std::optional<yaml::Value> keys_dir = section.find("keys_dir");
  if (keys_dir) {
    options.keys_dir = keys_dir->file_path().value_or("");
    options.keys_dir_where = keys_dir->where();
  }
  const std::optional<yaml::Value> key_file = section.find("key_file");
  if (key_file) {
    options.key_file = key_file->file_path().value_or("");
    options.key_file_where = key_file->where();
    key_file->warning(
        "is the older form: one key that opens every node that has it; use \"keys_dir\" and a key "
        "for each node (rollcallctl keygen agent ADDRESS)");
  }
  if (const auto interval = section.find("status_interval")) {
    options.status_interval = interval->duration(0s, 1h).value_or(options.status_interval);
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
  if (value && value->is_map() && !key_file && !keys_dir) {
    value->warning("has no keys_dir: no agent is asked for anything");
  }
  return key_file || keys_dir;
}

}  // namespace rollcall::config
