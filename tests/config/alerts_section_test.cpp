#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AlertsSection, Defaults) {
  const ParsedOptions parsed =
      parse("zones: {a.b: {file: x}}\nalerts: {email: {to: [root@mydomain.com]}}");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options && parsed.options->alerts.email);
  const AlertsOptions& alerts = parsed.options->alerts;
  EXPECT_EQ(alerts.email->from, "rollcall@mydomain.com");
  EXPECT_EQ(alerts.email->smtp, "smtp://127.0.0.1:25");
  EXPECT_EQ(alerts.email->max_per_hour, 20U);
  EXPECT_FALSE(alerts.webhook);
  EXPECT_FALSE(alerts.exec);
  EXPECT_EQ(alerts.batch, std::chrono::seconds(10));
  EXPECT_EQ(alerts.remind, Duration{});
}

TEST(AlertsSection, EveryKey) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
alerts:
  batch: 0s
  remind: 4h
  email: {to: [a@b.c], smtp: "smtps://mx", user: u, password_file: p, ca: c, max_per_hour: 0}
  webhook: {url: "https://x", text: '{"a":"{subject}"}', content_type: text/plain, ca: c}
  exec: {command: [/bin/page, "{subject}"], timeout: 5s, max_per_hour: 3}
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const AlertsOptions& alerts = parsed.options->alerts;
  EXPECT_EQ(alerts.email->password_file.path, "./p");
  EXPECT_EQ(alerts.email->max_per_hour, 0U);
  EXPECT_EQ(alerts.webhook->text->text, R"({"a":"{subject}"})");
  EXPECT_EQ(alerts.exec->command.at(1).text, "{subject}");
  EXPECT_EQ(alerts.remind, std::chrono::hours(4));
}

TEST(AlertsSection, KeysThatDoNotGoTogether) {
  EXPECT_THAT(
      messages_after_zone(R"(alerts:
  email: {to: [a@b.c], user: u, smtp: "smtp://u:p@127.0.0.1"}
  webhook: {url: "https://x", template: slak, text_file: t, text: t, routing_key_file: r}
  exec: {command: [page]}
  remind: 1m
)"),
      ElementsAre(
          R"(r.yaml:3:30: error: alerts.email.user needs the key "password_file" beside it)",
          R"(r.yaml:3:39: error: alerts.email.smtp must not contain a user or a password: use the keys "user" and "password_file")",
          R"(r.yaml:4:41: error: alerts.webhook.template "slak" is not a valid template, did you mean "slack"?)",
          R"(r.yaml:4:58: error: alerts.webhook.text_file cannot be used with "text": use one of them)",
          R"(r.yaml:4:58: error: alerts.webhook.text_file cannot be used with "template": use one of them)",
          R"(r.yaml:4:67: error: alerts.webhook.text cannot be used with "template": use one of them)",
          R"(r.yaml:4:88: error: alerts.webhook.routing_key_file is only for "template: pagerduty")",
          R"(r.yaml:5:20: error: alerts.exec.command must be the full path of a program, not "page")",
          R"(r.yaml:6:11: error: alerts.remind must be from 10m to 30d, not 1m)"));
  EXPECT_THAT(
      messages_after_zone(R"(alerts:
  webhook: {url: "http://127.0.0.1:9093/", template: alertmanager}
)"),
      ElementsAre("r.yaml:3:18: warning: alerts.webhook.url does not end in /api/v2/alerts, where "
                  "Alertmanager takes alerts"));
}

TEST(AlertsSection, RefusesWrongValues) {
  EXPECT_THAT(
      messages_after_zone(R"(alerts:
  email: {to: [root, "a@b>"], from: "@x", smtp: "http://127.0.0.1"}
  webhook: {url: chat.mydomain.com}
  pager: 1
)"),
      ElementsAre(
          R"(r.yaml:3:16: error: alerts.email.to must be a mail address such as root@mydomain.com, not "root")",
          R"(r.yaml:3:22: error: alerts.email.to must be a mail address such as root@mydomain.com, not "a@b>")",
          R"(r.yaml:3:37: error: alerts.email.from must be a mail address such as root@mydomain.com, not "@x")",
          R"(r.yaml:3:49: error: alerts.email.smtp must be a URL such as smtp://127.0.0.1:25, not "http://127.0.0.1")",
          R"(r.yaml:4:18: error: alerts.webhook.url must be a URL such as https://chat.mydomain.com/hook, not "chat.mydomain.com")",
          R"(r.yaml:5:3: error: unknown key "pager" in alerts (there are: email, webhook, exec, batch, remind))"));
}

TEST(AlertsSection, NeedsARecipient) {
  EXPECT_THAT(messages_after_zone("alerts: {email: {}, webhook: {}}"),
              ElementsAre(R"(r.yaml:2:17: error: alerts.email needs the key "to")",
                          R"(r.yaml:2:30: error: alerts.webhook needs the key "url")"));
  EXPECT_THAT(messages_after_zone("alerts: {email: {to: []}}"),
              ElementsAre("r.yaml:2:22: error: alerts.email.to must name at least one address"));
}

TEST(AgentsSection, RefusesWrongNodes) {
  EXPECT_THAT(
      messages_after_zone(R"(agents:
  port: 0
  keys_dir: k
  nodes:
    node3: {address: 127.0.0.3}
    127.0.0.1: {}
    127.0.0.2: {adress: 127.0.0.2}
    ::1: {address: 127.0.0.4}
    0:0::1: {address: 127.0.0.5}
)"),
      ElementsAre(
          R"(r.yaml:3:9: error: agents.port must be a whole number from 1 to 65535, not "0")",
          R"(r.yaml:6:5: error: "node3" is not an IP address)",
          R"(r.yaml:7:16: error: agents.nodes.127.0.0.1 needs the key "address")",
          R"(r.yaml:8:16: error: agents.nodes.127.0.0.2 needs the key "address")",
          R"(r.yaml:8:17: error: unknown key "adress" in agents.nodes.127.0.0.2, did you mean "address"?)",
          "r.yaml:10:5: error: node ::1 is defined twice in agents.nodes"));
}

TEST(AgentsSection, WithoutAKeyNobodyIsAsked) {
  EXPECT_THAT(
      messages_after_zone("agents: {port: 2225}"),
      ElementsAre("r.yaml:2:9: warning: agents has no keys_dir: no agent is asked for anything"));
}

TEST(AgentsSection, ANodeHasTheCommonPort) {
  const ParsedOptions parsed = parse(
      "zones: {a.b: {file: x}}\nagents: {port: 99, keys_dir: k, nodes: {127.0.0.1: {address: "
      "127.0.0.9}}}");
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->agents.nodes.at(*IpAddress::parse("127.0.0.1")).to_string(),
            "127.0.0.9:99");
}

}  // namespace
}  // namespace rollcall::config
