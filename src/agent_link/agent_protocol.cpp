#include "agent_link/agent_protocol.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "core/printable.hpp"
#include "core/printable_json.hpp"

namespace rollcall::agent_link {

namespace {

namespace json = boost::json;

constexpr std::size_t kQuotedLimit = 64;
constexpr std::size_t kDepth = 8;  // of a status: more than it has

Result<json::object> read_object(std::string_view body, std::size_t depth = kDepth) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = depth;
  const json::value value = json::parse({body.data(), body.size()}, error, {}, options);
  if (error) return fail(fmt::format("not JSON: {}", error.message()));
  if (!value.is_object()) return fail("not a JSON object");
  return value.get_object();
}

/// How many keys are in the text of an object without depth. The parser keeps the last of several
/// equal ones; another reader might keep the first.
std::size_t count_keys(std::string_view flat) {
  std::size_t keys = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    if (quoted && flat[i] == '\\') {
      ++i;
    } else if (flat[i] == '"') {
      quoted = !quoted;
    } else if (flat[i] == ':' && !quoted) {
      ++keys;
    }
  }
  return keys;
}

/// The object of a request: flat, and each key once.
Result<json::object> read_request_object(std::string_view body) {
  auto object = read_object(body, 1);
  if (object && count_keys(body) != object->size()) return fail("a key appears twice");
  return object;
}

}  // namespace

std::string result_text(const RestartReport& report) {
  if (report.ok) return fmt::format("restarted in {:.1f} s", report.seconds);
  if (!report.error.empty()) return report.error;
  if (report.timed_out) return fmt::format("did not end within {:.1f} s", report.seconds);
  return fmt::format("failed with exit status {} after {:.1f} s", report.exit_status,
                     report.seconds);
}

std::string quote_foreign(std::string_view text) {
  const bool whole = text.size() <= kQuotedLimit;
  const std::string shown = printable(text.substr(0, kQuotedLimit)) + (whole ? "" : "...");
  return printable_json(json::string(shown));
}

json::object to_json(const RestartReport& report) {
  json::object object{{"ok", report.ok},
                      {"exit_status", report.exit_status},
                      {"timed_out", report.timed_out},
                      {"output", printable_block(report.output)},
                      {"seconds", report.seconds}};
  if (!report.error.empty()) object["error"] = printable_block(report.error);
  return object;
}

Result<RestartReport> read_restart_report(std::string_view body) {
  auto object = read_object(body);
  if (!object) return std::unexpected(object.error());
  return read_restart_report(*object);
}

Result<RestartReport> read_restart_report(const json::object& object) {
  const json::value* ok = object.if_contains("ok");
  if (ok == nullptr || !ok->is_bool()) return fail("\"ok\" is missing or not a boolean");

  RestartReport report;
  report.ok = ok->get_bool();
  for (const auto& [key, value] : object) {
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
  return printable_json(json::object{{"service", service}});
}

Result<std::string> read_service_request(std::string_view body) {
  auto object = read_request_object(body);
  if (!object) return std::unexpected(object.error());
  const json::value* service = object->if_contains("service");
  if (service == nullptr || !service->is_string()) {
    return fail("\"service\" is missing or not a string");
  }
  if (object->size() != 1) return fail("unknown keys beside \"service\"");
  return std::string(service->get_string());
}

Result<void> read_watch_begun(std::string_view line) {
  auto object = read_object(line);
  if (!object) return std::unexpected(object.error());
  const json::value* ok = object->if_contains("ok");
  if (ok == nullptr || !ok->is_bool()) return fail("\"ok\" is missing or not a boolean");
  if (ok->get_bool()) return {};
  const json::value* error = object->if_contains("error");
  if (error == nullptr || !error->is_string()) return fail("\"error\" is missing or not a string");
  return fail(std::string(error->get_string()));
}

}  // namespace rollcall::agent_link
