#include "agent_link/node_request.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <initializer_list>

#include "core/printable.hpp"
#include "core/printable_json.hpp"

namespace rollcall::agent_link {
namespace {

namespace json = boost::json;

constexpr const char* kIpv4 = "ipv4";
constexpr const char* kIpv6 = "ipv6";

Result<json::object> read_node_object(std::string_view body) {
  boost::system::error_code error;
  const json::value value = json::parse({body.data(), body.size()}, error);
  if (error) return fail(fmt::format("not JSON: {}", error.message()));
  if (!value.is_object()) return fail("not a JSON object");
  return value.get_object();
}

Result<std::string> node_text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  if (value == nullptr || !value->is_string()) {
    return fail(fmt::format("\"{}\" is missing or not a string", key));
  }
  return std::string(value->get_string());
}

Result<IpAddress> node_address_at(const json::object& object, std::string_view key) {
  const auto text = node_text_at(object, key);
  if (!text) return std::unexpected(text.error());
  const auto address = IpAddress::parse(*text);
  if (!address) return fail(fmt::format("\"{}\" is not an IP address", key));
  return *address;
}

bool node_flag_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace

std::string to_body(const AddressRequest& request) {
  return printable_json(
      json::object{{"address", request.address.to_string()}, {"owner", request.owner.to_string()}});
}

Result<AddressRequest> read_address_request(std::string_view body) {
  const auto object = read_node_object(body);
  if (!object) return std::unexpected(object.error());
  const auto address = node_address_at(*object, "address");
  if (!address) return std::unexpected(address.error());
  const auto owner = node_address_at(*object, "owner");
  if (!owner) return std::unexpected(owner.error());
  if (object->size() != 2) return fail("unknown keys beside \"address\" and \"owner\"");
  return AddressRequest{*address, *owner};
}

std::string to_body(const ForwardRequest& request) {
  json::object object{{"service", request.service}};
  if (request.to) {
    object["to"] = request.to->to_string();
    if (request.from) object["from"] = request.from->to_string();
  } else {
    object["family"] = request.family == IpFamily::v4 ? kIpv4 : kIpv6;
  }
  return printable_json(object);
}

Result<ForwardRequest> read_forward_request(std::string_view body) {
  const auto object = read_node_object(body);
  if (!object) return std::unexpected(object.error());
  auto service = node_text_at(*object, "service");
  if (!service) return std::unexpected(service.error());
  const bool has_from = object->contains("to") && object->contains("from");
  if (object->size() != (has_from ? 3 : 2)) {
    return fail("unknown keys beside \"service\" and \"to\" or \"family\"");
  }
  ForwardRequest request{.service = std::move(*service), .to = {}};
  if (object->contains("to")) {
    const auto to = node_address_at(*object, "to");
    if (!to) return std::unexpected(to.error());
    request.to = *to;
    request.family = to->family();
    if (!has_from) return request;
    const auto from = node_address_at(*object, "from");
    if (!from) return std::unexpected(from.error());
    request.from = *from;
    return request;
  }
  const auto family = node_text_at(*object, "family");
  if (!family || (*family != kIpv4 && *family != kIpv6)) {
    return fail("\"family\" is neither \"ipv4\" nor \"ipv6\"");
  }
  request.family = *family == kIpv4 ? IpFamily::v4 : IpFamily::v6;
  return request;
}

json::object to_json(const NodeReport& report) {
  json::object object{{"ok", report.ok},
                      {"holds", report.holds},
                      {"owner_answers", report.owner_answers},
                      {"contested", report.contested}};
  if (!report.error.empty()) object["error"] = printable_block(report.error);
  return object;
}

Result<NodeReport> read_node_report(std::string_view body) {
  const auto object = read_node_object(body);
  if (!object) return std::unexpected(object.error());
  const json::value* ok = object->if_contains("ok");
  if (ok == nullptr || !ok->is_bool()) return fail("\"ok\" is missing or not a boolean");
  NodeReport report{.ok = ok->get_bool(),
                    .holds = node_flag_at(*object, "holds"),
                    .owner_answers = node_flag_at(*object, "owner_answers"),
                    .contested = node_flag_at(*object, "contested")};
  if (!report.ok) report.error = node_text_at(*object, "error").value_or("no reason given");
  return report;
}

}  // namespace rollcall::agent_link
