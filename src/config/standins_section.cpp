// take_over, and the key `forward` of pools: what a living node does for one that has failed.
#include <fmt/format.h>

#include <algorithm>

#include "config/sections.hpp"
#include "core/service_name.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxTakers = 16;  // each is asked, one after the other

/// An address that must have the same family as another one, for they share a network.
std::optional<IpAddress> read_peer(const yaml::Value& value, const IpAddress& address) {
  const std::optional<std::string> text = value.text();
  const auto peer = text ? read_address(value, *text) : std::nullopt;
  if (!peer) return std::nullopt;
  if (peer->family() != address.family()) {
    value.error(fmt::format("must be an {} address, as {} is", address.is_v4() ? "IPv4" : "IPv6",
                            address.to_string()));
    return std::nullopt;
  }
  if (*peer == address) {
    value.error(fmt::format("must be an address of the node's own, not {}", address.to_string()));
    return std::nullopt;
  }
  return peer;
}

/// Addresses of the same family, each once.
std::vector<IpAddress> read_nodes(const yaml::Value& value, const IpAddress& address,
                                  const IpAddress& but) {
  std::vector<IpAddress> nodes;
  const std::vector<yaml::Value> items = value.list();
  if (value.is_list() && items.empty()) value.error("must name at least one node");
  if (items.size() > kMaxTakers) {
    value.error(fmt::format("names {} nodes, at most {} are allowed", items.size(), kMaxTakers));
  }
  for (const yaml::Value& item : items) {
    const auto node = read_peer(item, address);
    if (!node) continue;
    if (*node == but) {
      item.error(fmt::format("names the owner, {}", node->to_string()));
    } else if (std::ranges::find(nodes, *node) != nodes.end()) {
      item.error(fmt::format("names {} twice", node->to_string()));
    } else {
      nodes.push_back(*node);
    }
  }
  return nodes;
}

}  // namespace

void read_take_over(const std::optional<yaml::Value>& value, bool can_ask, Options& options) {
  if (!value) return;
  value->for_each_entry([&](const yaml::Entry& entry) {
    const std::optional<IpAddress> address = read_address(entry.key_place, entry.key);
    const yaml::Section section(entry.value, {"owner", "takers", "interval"});
    const auto owner = section.need("owner");
    const auto takers = section.need("takers");
    if (!address) return;
    pool::TakeOverSpec spec{.address = *address, .owner = {}, .takers = {}};
    if (const auto interval = section.find("interval")) {
      spec.interval = interval->duration(1s, 1h).value_or(spec.interval);
    }
    if (owner) spec.owner = read_peer(*owner, *address).value_or(IpAddress());
    if (takers) spec.takers = read_nodes(*takers, *address, spec.owner);
    if (std::ranges::find(options.take_overs, *address, &pool::TakeOverSpec::address) !=
        options.take_overs.end()) {
      entry.key_place.plain_error(
          fmt::format("{} is defined twice in {}", address->to_string(), value->path()));
    }
    options.take_overs.push_back(std::move(spec));
  });
  if (!options.take_overs.empty() && !can_ask) {
    value->error("needs agents.keys_dir: without keys no agent can be asked");
  }
}

void read_forward(const yaml::Value& value, bool can_ask, pool::PoolSpec& pool) {
  const yaml::Section section(value, {"service", "to"});
  const auto service = section.need("service");
  const auto to = section.need("to");
  if (service) {
    pool.forward.service = service->text().value_or("");
    if (!pool.forward.service.empty() && !is_service_name(pool.forward.service)) {
      service->error(fmt::format(
          "must begin with a letter or digit and contain only letters, digits and \"-_.@\", not {}",
          yaml::in_quotes(pool.forward.service)));
    }
  }
  if (to && to->is_list() && to->list().empty()) to->error("must name at least one member");
  if (to) {
    for (const yaml::Value& item : to->list()) {
      const std::optional<std::string> text = item.text();
      const auto member = text ? read_address(item, *text) : std::nullopt;
      if (!member) continue;
      if (std::ranges::find(pool.forward.to, *member) != pool.forward.to.end()) {
        item.error(fmt::format("names {} twice", member->to_string()));
      }
      pool.forward.to.push_back(*member);
    }
  }
  if (pool.records == pool::PoolRecords::mx) {
    value.error("cannot be used with \"records: MX\": a pool of addresses forwards a port");
  }
  if (!can_ask) value.error("needs agents.keys_dir: without keys no agent can be asked");
}

}  // namespace rollcall::config
