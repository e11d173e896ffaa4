/// The protocol between a nameserver and an agent: JSON over HTTP/1.1 over psk_tls.hpp, one request
/// a connection. docs/agent.md describes it for people.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "core/instant.hpp"
#include "core/result.hpp"

namespace rollcall::agent_link {

inline constexpr std::string_view kRestartPath = "/v1/restart";
inline constexpr std::string_view kStatusPath = "/v1/status";
inline constexpr std::string_view kWatchPath = "/v1/watch";

/// The agent's report of one restart.
struct RestartReport {
  bool ok = false;
  int exit_status = 0;  // as in a shell: 128 + N for signal N
  bool timed_out = false;
  std::string output;  // the tail; printable lines after from and to JSON
  double seconds = 0;
  std::string error;  // why nothing was run; else empty

  bool operator==(const RestartReport&) const = default;
};

/// The result for a log: "restarted in 1.5 s", or why not.
std::string result_text(const RestartReport& report);

/// The text in double quotes, printable and escaped as in JSON, cut at 64 octets. Logs and replies
/// show names from the network only in this form.
std::string quote_foreign(std::string_view text);

boost::json::object to_json(const RestartReport& report);

/// @return an error where it has no verdict
Result<RestartReport> read_restart_report(const boost::json::object& object);

/// @param body of a reply of the agent, of any HTTP status
Result<RestartReport> read_restart_report(std::string_view body);

/// The body of a request about one service.
std::string service_request(std::string_view service);

/// @return the service's name as sent: the allow-list decides whether it exists
Result<std::string> read_service_request(std::string_view body);

/// The last line of a watch, sent when the process has ended. A watch that ends without it, because
/// the agent or the connection ended, says nothing about the process.
inline constexpr std::string_view kWatchEnded = "{\"ended\":true}\n";

/// The first line of a watch.
/// @return an error if the watch has not begun, with the agent's reason if it sent one
Result<void> read_watch_begun(std::string_view line);

}  // namespace rollcall::agent_link
