#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kConf = "zone example.com { type master; file db; };";

Result<Conversion, Diagnostics> convert_phonax_text(const std::string& monitor,
                                                    const std::string& updates = "") {
  return convert_files(Format::phonax,
                       {{"named.conf", kConf}, {"m", monitor}, {"normal-dns", updates}},
                       {{"db", kZone}});
}

TEST(Phonax, MakesAPoolOfTheChecksOfAName) {
  const auto made = convert_phonax_text(
      "check_server1 = 192.0.2.1|www.example.com|http|apache|GET / HTTP/1.0|\n"
      "check_server2 = 192.0.2.2|www.example.com|http|nginx|GET / HTTP/1.0|\n"
      "check_server3 = 192.0.2.3|www.example.com|http||GET / HTTP/1.0|\n");
  EXPECT_EQ(yaml_of(made), R"(zones:
  example.com: {file: zones/db}

checks:
  http: {type: http}

pools:
  www.example.com:
    check: http
    restart: apache
    members: {192.0.2.2: {restart: nginx}, 192.0.2.3: {restart: ""}}

agents:
  port: 2224
  keys_dir: agent-keys
)");
  ASSERT_TRUE(made);
  EXPECT_THAT(made->agent_keys,
              ElementsAre(ElementsAre("agent-keys/192.0.2.1.key", "agents/192.0.2.1/ns1.key"),
                          ElementsAre("agent-keys/192.0.2.2.key", "agents/192.0.2.2/ns1.key")));
  EXPECT_THAT(made->files.at("agents/192.0.2.2/agent.yaml").text,
              HasSubstr("listen: \"192.0.2.2:2224\"\nkeys:\n  ns1: {file: ns1.key}\nservices:\n"
                        "  nginx: {script: nginx}\n"));
}

TEST(Phonax, NamesDifferentChecksOfOneServiceDifferently) {
  const auto made = convert_phonax_text(
      "check_server1 = 192.0.2.1|www.example.com|http||GET /a HTTP/1.0|\n"
      "check_server2 = 192.0.2.1|www.example.com|http||GET /b HTTP/1.0|\n"
      "check_server3 = 192.0.2.2|www.example.com|http||GET /a HTTP/1.0|\n");
  EXPECT_THAT(yaml_of(made), HasSubstr("  http: {type: http, path: /a}\n"
                                       "  http-2: {type: http, path: /b}\n"));
  EXPECT_THAT(yaml_of(made), HasSubstr("www.example.com: {checks: [http, http-2]}"));
  EXPECT_THAT(report_of(made), Contains("- m:3:1: 192.0.2.2 is probed with all 2 checks of the "
                                        "pool www.example.com"));
  EXPECT_THAT(yaml_of(made), Not(HasSubstr("agents")));
}

TEST(Phonax, ReportsChecksThatLeadNowhere) {
  const auto made = convert_phonax_text(
      "check_server1 = 192.0.2.1|www.elsewhere.net|http||GET /|\n"
      "check_server2 = 192.0.2.9|www.example.com|http||GET /|\n"
      "check_server3 = 192.0.2.1|www.example.com|gopher||x|y\n"
      "check_server4 = 192.0.2.1\n"
      "check_server5 = 192.0.2.1|www.example.com|http|../x|GET /|\n"
      "check_server6 = 192.0.2.2|www.example.com|http|a|GET /|\n"
      "check_server7 = 192.0.2.2|www.example.com|smtp|b|QUIT|220\n");
  const std::vector<std::string> report = report_of(made);
  for (const char* line :
       {"- m:1:1: www.elsewhere.net is in none of the zones",
        "- m:2:1: www.example.com has no address 192.0.2.9 in zones/db",
        "- m:3:1: services(5) has no service \"gopher\": write the number of its port",
        "- m:4:1: check_server4: expected address|hostname|service|script|send|expect",
        "- m:5:1: the script \"../x\": not the name of a file in scripts_path",
        "- m:7:1: the script b: a member has one service to restart, here a"}) {
    EXPECT_THAT(report, Contains(line));
  }
}

TEST(Phonax, MakesNoPoolOfMoreAddressesThanOneHas) {
  std::string zone = kZone;
  for (int i = 4; i < 100; ++i) zone += "www IN A 192.0.2." + std::to_string(i) + "\n";
  const auto made = convert_files(
      Format::phonax,
      {{"named.conf", kConf}, {"m", "check_server1 = 192.0.2.1|www.example.com|http||GET /|"}},
      {{"db", zone}});
  EXPECT_THAT(report_of(made), Contains("- m:1:1: www.example.com: a pool has at most 64 records"));
}

TEST(Phonax, TakesOverTheOtherSettings) {
  const auto made = convert_phonax_text(
      "# a comment\n"
      "email = root@example.com\nemail = root@example.com\nemail = a, b\nemail = @x\n"
      "clusternode_server_port = 2225\nlocal_server_port = 0\nlocal_server_port = 2226\n"
      "scripts_path = /etc/rc.d\npassword = secret\nbind8_dns_server1 = 192.0.2.53\n"
      "failover_directory = /x\ncolour = red\nno setting\n"
      "check_server1 = 192.0.2.1|www.example.com|http|apache|GET /|\n");
  EXPECT_THAT(yaml_of(made), HasSubstr("alerts:\n  email: {to: [root@example.com]}"));
  EXPECT_THAT(yaml_of(made), HasSubstr("agents:\n  port: 2225\n"));
  ASSERT_TRUE(made);
  EXPECT_THAT(made->files.at("agents/192.0.2.1/agent.yaml").text,
              HasSubstr("listen: \"192.0.2.1:2226\"\nkeys:\n  ns1: {file: ns1.key}\n"
                        "scripts_path: /etc/rc.d\n"));
  const std::vector<std::string> report = report_of(made);
  EXPECT_THAT(report, Contains("- m:4:1: email: expected one address such as root@example.com"));
  EXPECT_THAT(report, Contains("- m:5:1: email: expected one address such as root@example.com"));
  EXPECT_THAT(report, Contains("- m:7:1: local_server_port: not a port"));
  EXPECT_THAT(report, Contains("- m:13:1: colour: unknown key"));
  EXPECT_THAT(report, Contains("- m:14:1: expected KEY = VALUE"));
  EXPECT_THAT(report_text(*made), Not(HasSubstr("secret")));
}

TEST(Phonax, AddsTheRecordsOfNormalDnsThatTheZoneLacks) {
  const auto made = convert_phonax_text("",
                                        "update add www.example.com 1 A 192.0.2.1\n"
                                        "update add smtp.example.com 1 IN A 192.0.2.8\n"
                                        "update add v6.example.com 1 AAAA 2001:db8::1\n"
                                        "update add www.domainname.com 1 A 192.0.2.1\n"
                                        "update delete www.example.com\n"
                                        "update add www.example.com 1 AAAA 192.0.2.1\n");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->files.at("zones/db").text,
            kZone + "smtp.example.com. 1 IN A 192.0.2.8\nv6.example.com. 1 IN AAAA 2001:db8::1\n");
  const std::vector<std::string> report = report_of(made);
  for (const char* line :
       {"+ normal-dns:1:1: update add www.example.com 1 A 192.0.2.1: a record of zones/db",
        "+ normal-dns:2:1: update add smtp.example.com 1 IN A 192.0.2.8: added to zones/db",
        "- normal-dns:4:1: update add www.domainname.com 1 A 192.0.2.1: in none of the zones",
        "- normal-dns:5:1: expected update add NAME TTL A ADDRESS",
        "- normal-dns:6:1: expected update add NAME TTL A ADDRESS"}) {
    EXPECT_THAT(report, Contains(line));
  }
}

TEST(Phonax, LeavesRecordsOutThatTheZoneRefuses) {
  const auto made = convert_files(
      Format::phonax, {{"named.conf", kConf}, {"n", "update add alias.example.com 1 A 192.0.2.1"}},
      {{"db", kZone + "alias IN CNAME www"}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->files.at("zones/db").text, kZone + "alias IN CNAME www");
  EXPECT_THAT(report_of(made),
              Contains(HasSubstr("zones/db would not load with the records that it lacks")));
}

TEST(Phonax, ReportsFilesThatNothingNames) {
  const auto made =
      convert_files(Format::phonax, {{"named.conf", kConf}, {"db", kZone}, {"other", "@ SOA"}});
  EXPECT_THAT(report_of(made), Contains("- other: no other file names this one"));
  EXPECT_THAT(report_of(made), Not(Contains(HasSubstr("db: no other"))));
}

}  // namespace
}  // namespace rollcall::convert
