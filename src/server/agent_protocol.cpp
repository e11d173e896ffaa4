#include "server/agent_protocol.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>

namespace rollcall::server {

namespace {

namespace json = boost::json;

constexpr std::size_t kQuotedLimit = 64;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The octets of the well-formed character at the start of `text`, 0 where there is none.
/// See the Unicode Standard, table 3-7.
std::size_t character_size(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  const std::uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool good_second = first == 0xE0 ? at(1) >= 0xA0 : first == 0xED ? at(1) <= 0x9F : true;
    return good_second && follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool good_second = first == 0xF0 ? at(1) >= 0x90 : first == 0xF4 ? at(1) <= 0x8F : true;
    return good_second && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

Result<json::object> read_object(std::string_view body) {
  ErrorCode error;
  const json::value value = json::parse({body.data(), body.size()}, error);
  if (error) return fail(fmt::format("not JSON: {}", error.message()));
  if (!value.is_object()) return fail("not a JSON object");
  return value.get_object();
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    valid.append(size == 0 ? kReplacement : text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return valid;
}

std::string quote_foreign(std::string_view text) {
  const bool whole = text.size() <= kQuotedLimit;
  const std::string shown = valid_utf8(text.substr(0, kQuotedLimit)) + (whole ? "" : "...");
  return json::serialize(json::string(shown));
}

json::object to_json(const RestartReport& report) {
  json::object object{{"ok", report.ok},
                      {"exit_status", report.exit_status},
                      {"timed_out", report.timed_out},
                      {"output", valid_utf8(report.output)},
                      {"seconds", report.seconds}};
  if (!report.error.empty()) object["error"] = valid_utf8(report.error);
  return object;
}

Result<RestartReport> read_restart_report(std::string_view body) {
  auto object = read_object(body);
  if (!object) return std::unexpected(object.error());
  const json::value* ok = object->if_contains("ok");
  if (ok == nullptr || !ok->is_bool()) return fail("no \"ok\" in it");

  RestartReport report;
  report.ok = ok->get_bool();
  for (const auto& [key, value] : *object) {
    if (key == "exit_status" && value.is_int64()) {
      report.exit_status = static_cast<int>(value.get_int64());
    } else if (key == "timed_out" && value.is_bool()) {
      report.timed_out = value.get_bool();
    } else if (key == "output" && value.is_string()) {
      report.output = std::string(value.get_string());
    } else if (key == "seconds" && value.is_number()) {
      report.seconds = value.to_number<double>();
    } else if (key == "error" && value.is_string()) {
      report.error = std::string(value.get_string());
    }
  }
  return report;
}

std::string service_request(std::string_view service) {
  return json::serialize(json::object{{"service", valid_utf8(service)}});
}

Result<std::string> read_service_request(std::string_view body) {
  auto object = read_object(body);
  if (!object) return std::unexpected(object.error());
  const json::value* service = object->if_contains("service");
  if (service == nullptr || !service->is_string()) return fail("no text \"service\" in it");
  if (object->size() != 1) return fail("more than \"service\" in it");
  return std::string(service->get_string());
}

Result<void> read_watch_begun(std::string_view line) {
  auto object = read_object(line);
  if (!object) return std::unexpected(object.error());
  const json::value* ok = object->if_contains("ok");
  if (ok == nullptr || !ok->is_bool()) return fail("no \"ok\" in it");
  if (ok->get_bool()) return {};
  const json::value* error = object->if_contains("error");
  if (error == nullptr || !error->is_string()) return fail("no \"error\" in it");
  return fail(std::string(error->get_string()));
}

}  // namespace rollcall::server
