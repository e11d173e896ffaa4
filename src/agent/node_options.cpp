#include "agent/node_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/service_name.hpp"

namespace rollcall::agent {
namespace {

constexpr std::size_t kMaxInterfaceName = 15;  // IFNAMSIZ without its end
constexpr std::array<std::string_view, 2> kProtocols{"tcp", "udp"};

std::optional<IpAddress> read_node_address(const yaml::Value& place, const std::string& text) {
  const auto address = IpAddress::parse(text);
  if (!address) place.plain_error(fmt::format("{} is not an IP address", yaml::in_quotes(text)));
  return address;
}

/// The name is an argument of programs: it may not look like an option.
bool is_interface_name(const std::string& name) {
  const auto is_good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kMaxInterfaceName && name[0] != '-' && name[0] != '.' &&
         std::ranges::all_of(name, is_good);
}

void read_floating(const yaml::Value& value, takeover::NodeRights& rights) {
  value.for_each_entry([&](const yaml::Entry& entry) {
    const auto address = read_node_address(entry.key_place, entry.key);
    const yaml::Section section(entry.value, {"interface"});
    const auto interface = section.need("interface");
    const auto name = interface ? interface->text() : std::nullopt;
    if (!address || !name) return;
    if (!is_interface_name(*name)) {
      interface->error(
          fmt::format("must be the name of an interface, not {}", yaml::in_quotes(*name)));
    }
    const takeover::FloatingRight right{*name, entry.key_place.where()};
    if (!rights.floating.emplace(*address, right).second) {
      entry.key_place.plain_error(
          fmt::format("{} is defined twice in {}", address->to_string(), value.path()));
    }
  });
}

void read_forward(const yaml::Entry& entry, takeover::NodeRights& rights) {
  if (!is_service_name(entry.key)) {
    entry.key_place.plain_error(fmt::format(
        "invalid service name {}: use letters, digits and \"-_.@\", with a letter or digit first",
        yaml::in_quotes(entry.key)));
  }
  const yaml::Section section(entry.value, {"port", "protocol", "to"});
  takeover::ForwardRight right{.to = {}, .where = entry.key_place.where()};
  if (const auto port = section.need("port")) {
    right.port = static_cast<std::uint16_t>(port->number(1, 65535).value_or(0));
  }
  if (const auto protocol = section.find("protocol")) {
    right.udp = protocol->one_of("protocol", kProtocols) == 1;
  }
  if (const auto to = section.need("to")) {
    const std::vector<yaml::Value> items = to->list();
    if (to->is_list() && items.empty()) to->error("must name at least one node");
    for (const yaml::Value& item : items) {
      const auto text = item.text();
      if (const auto node = text ? read_node_address(item, *text) : std::nullopt) {
        right.to.push_back(*node);
      }
    }
  }
  rights.forward.emplace(entry.key, std::move(right));
}

}  // namespace

takeover::NodeRights read_node_rights(const yaml::Section& top) {
  takeover::NodeRights rights;
  if (const auto floating = top.find("floating")) read_floating(*floating, rights);
  if (const auto forward = top.find("forward")) {
    forward->for_each_entry([&](const yaml::Entry& entry) { read_forward(entry, rights); });
  }
  return rights;
}

std::set<IpAddress> read_granted_addresses(const yaml::Value& list,
                                           const takeover::NodeRights& rights) {
  std::set<IpAddress> granted;
  for (const yaml::Value& item : list.list()) {
    const auto text = item.text();
    const auto address = text ? read_node_address(item, *text) : std::nullopt;
    if (!address) continue;
    if (!rights.floating.contains(*address)) {
      item.error(fmt::format("names {}, which is not in \"floating\"", address->to_string()));
    }
    granted.insert(*address);
  }
  return granted;
}

std::set<std::string, std::less<>> read_granted_ports(const yaml::Value& list,
                                                      const takeover::NodeRights& rights) {
  std::vector<std::string> known;
  known.reserve(rights.forward.size());
  for (const auto& [name, right] : rights.forward) known.push_back(name);
  std::set<std::string, std::less<>> granted;
  for (const yaml::Value& item : list.list()) {
    const auto name = item.text();
    if (!name) continue;
    if (!rights.forward.contains(*name)) {
      item.error(fmt::format("names {}, which is not in \"forward\"{}", yaml::in_quotes(*name),
                             yaml::did_you_mean(*name, known)));
    }
    granted.insert(*name);
  }
  return granted;
}

}  // namespace rollcall::agent
