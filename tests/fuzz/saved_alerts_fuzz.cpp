/// The file of alerts that wait, whoever wrote it; and each of them as a mail: no text begins
/// another field, and no line is longer than SMTP has it.
#include <cstdint>
#include <string_view>

#include "alert/mail_message.hpp"
#include "alert/saved_alerts.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

void check_mail(std::string_view subject, std::string_view body) {
  const std::string message = alert::mail_message({.from = "rollcall@example.com",
                                                   .to = {"ops@example.com"},
                                                   .subject = std::string(subject),
                                                   .body = std::string(body),
                                                   .date = {},
                                                   .message_id = "1@example.com"});
  std::string_view left = message;
  while (!left.empty()) {
    const std::size_t end = left.find("\r\n");
    require(end != std::string_view::npos, "lines end in CRLF");
    require(end <= 998, "RFC 5322 section 2.1.1: 998 characters a line");
    require(left.substr(0, end).find_first_of("\r\n") == std::string_view::npos, "no other ends");
    left.remove_prefix(end + 2);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const alert::SavedAlerts alerts = alert::parse_alerts(text);
  const std::string written = alert::format_alerts(alerts);
  const alert::SavedAlerts again = alert::parse_alerts(written);
  require(again.damaged == 0, "what is written is read");
  require(again.mail.size() == alerts.mail.size() && again.hook.size() == alerts.hook.size(),
          "no alert is lost");
  check_mail(text.substr(0, size / 2), text.substr(size / 2));
  return 0;
}
