#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kZones = "zone example.com { type primary; file db; };";
const std::string kKey = "key K. { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0\"; };";

Result<Conversion, Diagnostics> convert_conf(const std::string& conf,
                                             std::map<std::string, std::string> more = {}) {
  std::map<std::string, std::string> disk{{"db", kZone}};
  disk.merge(more);
  return convert_files(Format::bind, {{"named.conf", conf}}, disk);
}

/// The settings of example.com besides its file.
std::string zone_settings(const std::string& statements, const std::string& before = "") {
  const auto made =
      convert_conf(before + "zone example.com { type primary; file db; " + statements + " };");
  const std::string yaml = yaml_of(made);
  const std::size_t at = yaml.find("  example.com");
  return at == std::string::npos ? yaml : yaml.substr(at);
}

TEST(Bind, TakesOverPrimaryZones) {
  EXPECT_EQ(yaml_of(convert_conf(kZones)), "zones:\n  example.com: {file: zones/db}\n");
  EXPECT_EQ(yaml_of(convert_conf("zone \"Example.Com.\" IN { type master; file \"db\"; };")),
            "zones:\n  Example.Com: {file: zones/db}\n");
}

TEST(Bind, LooksForZoneFilesInTheDirectory) {
  const auto made = convert_conf(
      "options { directory \"/var/named\"; };"
      "zone a.example { type primary; file \"a\"; };"
      "zone b.example { type primary; file \"/srv/a\"; };"
      "zone c.example { type primary; file c; };",
      {{"/var/named/a", kZone}, {"/srv/a", kZone}});
  EXPECT_EQ(yaml_of(made),
            "zones:\n  a.example: {file: zones/a}\n  b.example: {file: zones/a-2}\n");
  EXPECT_THAT(report_of(made), Contains("- named.conf:1:128: zone c.example: c: No such file or "
                                        "directory"));
}

TEST(Bind, NumbersFilesOfOneName) {
  std::string conf;
  for (const char* zone : {"a", "b", "c"}) {
    conf += std::string("zone ") + zone + ".e { type primary; file \"/" + zone + "/db\"; };";
  }
  EXPECT_EQ(yaml_of(convert_conf(conf, {{"/a/db", kZone}, {"/b/db", kZone}, {"/c/db", kZone}})),
            "zones:\n  a.e: {file: zones/db}\n  b.e: {file: zones/db-2}\n"
            "  c.e: {file: zones/db-3}\n");
}

TEST(Bind, ReportsZonesThatRollcallCannotServe) {
  const auto made = convert_conf(
      kZones +
      "\nzone . { type hint; file x; };\nzone s { type secondary; };\nzone n { file x; };\n"
      "zone f { type primary; };\nzone version CH { type primary; file db; };\n"
      "zone a..b { type primary; file db; };\nzone EXAMPLE.com { type primary; file db; };\n"
      "view v { zone in.v { type primary; file db; }; };\n");
  const std::vector<std::string> report = report_of(made);
  for (const char* line :
       {"- named.conf:2:1: zone .: an authoritative server asks no other server",
        "- named.conf:3:1: zone s: zones of type secondary are not supported yet",
        "- named.conf:4:1: zone n: zones of type (none) are not supported yet",
        "- named.conf:5:1: zone f: it has no file",
        "- named.conf:6:1: zone version: classes other than IN are not supported",
        "- named.conf:7:1: zone a..b: not a domain name",
        "- named.conf:8:1: zone EXAMPLE.com: the zone EXAMPLE.com is there already",
        "- named.conf:9:1: view v: answers do not depend on the client",
        "- named.conf:9:10: zone in.v: it is in a view"}) {
    EXPECT_THAT(report, Contains(line));
  }
}

TEST(Bind, TakesOverServersToNotify) {
  EXPECT_EQ(zone_settings("also-notify { 192.0.2.1; 2001:db8::1 port 5353; 192.0.2.1; };"),
            "  example.com:\n    file: zones/db\n"
            "    secondaries: [{address: \"192.0.2.1:53\"}, {address: \"[2001:db8::1]:5353\"}]\n");
  EXPECT_EQ(
      zone_settings("also-notify port 54 { l; 192.0.2.3 key K.; };",
                    "primaries l { 192.0.2.1; l; }; server 192.0.2.1 { keys { K.; }; };" + kKey),
      "  example.com:\n    file: zones/db\n    secondaries: [{address: \"192.0.2.1:53\", key: k}, "
      "{address: \"192.0.2.3:54\", key: k}]\n");
}

TEST(Bind, LosesNoKeyOfAServer) {
  EXPECT_EQ(zone_settings("also-notify { 192.0.2.1 key @; 192.0.2.2 key none; 192.0.2.3; };"),
            "  example.com: {file: zones/db, secondaries: [{address: \"192.0.2.3:53\"}]}\n");
}

TEST(Bind, TakesOverWhoMayTransfer) {
  EXPECT_EQ(zone_settings("allow-transfer { any; };"),
            "  example.com: {file: zones/db, allow_transfer: [0.0.0.0/0, \"::/0\"]}\n");
  EXPECT_EQ(zone_settings("allow-transfer { none; };"), "  example.com: {file: zones/db}\n");
  EXPECT_EQ(zone_settings("allow-transfer { a; key K.; { 192.0.2.0/24; }; };",
                          "acl a { localhost; a; }; " + kKey),
            "  example.com: {file: zones/db, allow_transfer: [127.0.0.1, \"::1\", \"key:k\", "
            "192.0.2.0/24]}\n");
}

TEST(Bind, OpensNothingThatAnExceptionCloses) {
  for (const char* list :
       {"192.0.2.1; !10.0.0.1; 10.0.0.0/8;", "192.0.2.1; ! { any; }; any;", "192.0.2.1; a; any;"}) {
    EXPECT_EQ(zone_settings(std::string("allow-transfer {") + list + "};",
                            "acl a { !10.0.0.1; 10.0.0.0/8; };"),
              "  example.com: {file: zones/db, allow_transfer: [192.0.2.1]}\n")
        << list;
  }
}

TEST(Bind, HasDefaultsForAllZones) {
  const std::string options =
      "options { also-notify { 192.0.2.1; }; allow-transfer { x; 192.0.2.2; }; "
      "serial-update-method date; };\n";
  EXPECT_EQ(zone_settings("", options),
            "  example.com:\n    file: zones/db\n    secondaries: [{address: \"192.0.2.1:53\"}]\n"
            "    allow_transfer: [192.0.2.2]\n    serial_policy: date\n");
  EXPECT_EQ(zone_settings("also-notify {}; allow-transfer {};", options),
            "  example.com: {file: zones/db, serial_policy: date}\n");
  const auto made = convert_conf(options + kZones + "zone e.net { type primary; file db; };");
  EXPECT_EQ(std::ranges::count(report_of(made),
                               "- named.conf:1:39: allow-transfer: x is neither an "
                               "address, a block nor an acl"),
            1);
}

TEST(Bind, WritesTheKeysThatAreUsed) {
  const auto made = convert_conf(
      kKey +
      "key old { algorithm hmac-md5; secret \"c2VjcmV0\"; };\n"
      "key bad { algorithm rot13; secret \"c2VjcmV0\"; };\nkey spare { };\n"
      "zone example.com { type primary; file db; allow-transfer { key K.; key old; key bad; "
      "key none; }; };");
  ASSERT_TRUE(made);
  EXPECT_EQ(
      made->files.at("keys/k.key"),
      (OutputFile{"key \"k\" { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0\"; };\n", true}));
  EXPECT_THAT(yaml_of(made), HasSubstr("keys:\n  k: {secret_file: keys/k.key}\n"
                                       "  old: {secret_file: keys/old.key, allow_md5: true}\n"));
  const std::vector<std::string> report = report_of(made);
  EXPECT_THAT(report, Contains("- named.conf:2:1: the key bad needs a known algorithm and a secret "
                               "in base64"));
  EXPECT_THAT(report, Contains("- named.conf:3:1: key spare: nothing that is taken over uses it"));
  EXPECT_THAT(report, Contains(HasSubstr("allow-transfer: the key none is not defined")));
  EXPECT_THAT(report_text(*made), Not(HasSubstr("c2VjcmV0")));
}

TEST(Bind, ListensWhereBindDoes) {
  const auto made = convert_conf(
      "options { port 5300; listen-on { 127.0.0.1; acl; 127.0.0.1; };\n"
      "listen-on-v6 port 54 { any; }; recursion yes; };" +
      kZones);
  EXPECT_THAT(yaml_of(made), HasSubstr("server:\n  listen: [\"127.0.0.1:5300\", \"[::]:54\"]\n"));
  const std::vector<std::string> report = report_of(made);
  EXPECT_THAT(report, Contains("- named.conf:1:45: listen-on acl: server.listen takes addresses, "
                               "not blocks or lists"));
  EXPECT_THAT(report, Contains("- named.conf:2:32: recursion: Rollcall has no such setting"));
}

TEST(Bind, ReadsIncludedFilesOnce) {
  const auto made = convert_conf("include \"a\"; include \"missing\";",
                                 {{"a", "include \"a\"; include \"named.conf\";\n" + kZones}});
  EXPECT_EQ(yaml_of(made), "zones:\n  example.com: {file: zones/db}\n");
  EXPECT_THAT(report_of(made),
              Contains("- named.conf:1:14: include: missing: No such file or directory"));
}

TEST(Bind, NamesThePlaceOfAnError) {
  EXPECT_THAT(report_of(convert_conf("zone x { type primary }")),
              ElementsAre("named.conf:1:23: error: expected \";\" before this \"}\""));
  EXPECT_THAT(report_of(convert_conf("a;\n zone x {")),
              ElementsAre("named.conf:2:9: error: this brace is never closed"));
  EXPECT_THAT(report_of(convert_conf("a b")),
              ElementsAre("named.conf:1:1: error: this statement has no \";\" at its end"));
  EXPECT_THAT(report_of(convert_conf(std::string(100, '{'))),
              ElementsAre("named.conf:1:33: error: too many braces within braces"));
}

}  // namespace
}  // namespace rollcall::convert
