/// The file of alerts that wait, whoever wrote it; and each of them as a mail and as the body of a
/// webhook: no text begins another field, and no line is longer than SMTP has it.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <string_view>

#include "alert/batch_text.hpp"
#include "alert/mail_message.hpp"
#include "alert/saved_alerts.hpp"
#include "alert/webhook_body.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

void check_lines(std::string_view left) {
  while (!left.empty()) {
    const std::size_t end = std::min(left.find("\r\n"), left.size());
    require(end <= 998, "RFC 5322 section 2.1.1: 998 characters a line");
    require(left.substr(0, end).find_first_of("\r\n") == std::string_view::npos, "no other ends");
    left.remove_prefix(std::min(end + 2, left.size()));
  }
}

void check_messages(const alert::SavedLane& lane) {
  alert::Batch batch = lane.front.value_or(alert::Batch{});
  batch.told.insert(batch.told.end(), lane.pending.begin(), lane.pending.end());
  for (const std::string& field : alert::mail_header({.from = "rollcall@example.com",
                                                      .to = {"ops@example.com"},
                                                      .subject = alert::subject_of(batch, "ns1"),
                                                      .body = {},
                                                      .date = {},
                                                      .message_id = batch.id})) {
    check_lines(field);
  }
  const std::string body = alert::mail_body(alert::body_of(batch, "ns1"));
  if (alert::is_plain_mail(body)) check_lines(body);
  using enum alert::HookTemplate;
  for (const alert::HookTemplate kind : {json, slack, teams, pagerduty, alertmanager}) {
    for (const std::string& text : alert::webhook_bodies({.kind = kind}, batch, "ns1")) {
      boost::system::error_code error;
      boost::json::parse(text, error);
      require(!error, "a body is JSON");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const alert::SavedAlerts alerts = alert::parse_alerts(text);
  const std::string written = alert::format_alerts(alerts);
  const alert::SavedAlerts again = alert::parse_alerts(written);
  require(again.damaged == 0, "what is written is read");
  for (const auto& [name, lane] : alerts.lanes) {
    if (!lane.empty()) require(again.lanes.at(name) == lane, "no alert is lost");
    check_messages(lane);
  }
  return 0;
}
