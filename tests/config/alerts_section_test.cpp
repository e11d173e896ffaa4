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
  ASSERT_TRUE(parsed.options && parsed.options->email);
  EXPECT_EQ(parsed.options->email->from, "rollcall@mydomain.com");
  EXPECT_EQ(parsed.options->email->smtp, "smtp://127.0.0.1:25");
  EXPECT_FALSE(parsed.options->webhook);
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
          R"(r.yaml:5:3: error: unknown key "pager" in alerts (there are: email, webhook))"));
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
