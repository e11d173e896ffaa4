#include "agent_link/node_request.hpp"

#include <gtest/gtest.h>

#include "core/printable_json.hpp"

namespace rollcall::agent_link {
namespace {

IpAddress node_at(std::string_view text) {
  return *IpAddress::parse(text);
}

TEST(NodeRequest, IsReadAsItIsWritten) {
  const AddressRequest about{node_at("192.0.2.80"), node_at("2001:db8::3")};
  EXPECT_EQ(to_body(about), R"({"address":"192.0.2.80","owner":"2001:db8::3"})");
  EXPECT_EQ(read_address_request(to_body(about)), about);
  const ForwardRequest begins{"web", node_at("192.0.2.4"), IpFamily::v4};
  EXPECT_EQ(to_body(begins), R"({"service":"web","to":"192.0.2.4"})");
  ForwardRequest named = begins;
  named.from = IpAddress::parse("192.0.2.1");
  EXPECT_EQ(to_body(named), R"({"service":"web","to":"192.0.2.4","from":"192.0.2.1"})");
  EXPECT_EQ(read_forward_request(to_body(named)).value(), named);
  EXPECT_EQ(read_forward_request(to_body(begins)), begins);
  const ForwardRequest ends{"web", {}, IpFamily::v6};
  EXPECT_EQ(to_body(ends), R"({"service":"web","family":"ipv6"})");
  EXPECT_EQ(read_forward_request(to_body(ends)), ends);
}

TEST(NodeRequest, ReportIsReadAsItIsWritten) {
  const NodeReport good{.ok = true, .holds = true, .contested = true};
  EXPECT_EQ(read_node_report(printable_json(to_json(good))), good);
  const NodeReport bad{.error = "interface eth0 is down"};
  EXPECT_EQ(read_node_report(printable_json(to_json(bad))), bad);
}

TEST(NodeRequest, RefusesEverythingElse) {
  for (const char* body :
       {"", "[]", "{}", R"({"address":"192.0.2.80"})", R"({"address":"x","owner":"192.0.2.3"})",
        R"({"address":"192.0.2.80; reboot","owner":"192.0.2.3"})",
        R"({"address":"192.0.2.80","owner":"192.0.2.3","interface":"eth0"})",
        R"({"address":["192.0.2.80"],"owner":"192.0.2.3"})"}) {
    EXPECT_FALSE(read_address_request(body)) << body;
  }
  for (const char* body :
       {"{}", R"({"service":1})", R"({"service":"web","to":"-x"})",
        R"({"service":"web","to":null})", R"({"service":"web","port":80})", R"({"service":"web"})",
        R"({"service":"web","to":"192.0.2.4","family":"ipv4"})",
        R"({"service":"web","to":"192.0.2.4","from":"ns1"})",
        R"({"service":"web","family":"ipv4","from":"192.0.2.1"})"}) {
    EXPECT_FALSE(read_forward_request(body)) << body;
  }
  EXPECT_FALSE(read_node_report("{}"));
  EXPECT_EQ(read_node_report(R"({"ok":false})")->error, "no reason given");
}

}  // namespace
}  // namespace rollcall::agent_link
