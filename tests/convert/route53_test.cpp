#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// A list of record sets in one zone, each on a line of its own from line 2.
std::string sets_of(const std::vector<std::string>& sets) {
  std::string text =
      "{\"ResourceRecordSets\":[{\"Name\":\"e.com.\",\"Type\":\"SOA\",\"TTL\":9,"
      "\"ResourceRecords\":"
      "[{\"Value\":\"ns. root. 1 2 3 4 5\"}]},{\"Name\":\"e.com.\",\"Type\":\"NS\",\"TTL\":9,"
      "\"ResourceRecords\":[{\"Value\":\"ns.\"}]}";
  for (const std::string& set : sets) text += ",\n{" + set + "}";
  return text + "]}";
}

std::string set_of(const std::string& name, const std::string& type, const std::string& value,
                   const std::string& more = "") {
  return R"("Name":")" + name + R"(.e.com.","Type":")" + type +
         R"(","TTL":60,"ResourceRecords":[{"Value":")" + value + R"("}])" + more;
}

std::string check_json(const std::string& config) {
  return "{\"HealthChecks\":[{\"Id\":\"h\",\"HealthCheckConfig\":{" + config + "}}]}";
}

Result<Conversion, Diagnostics> convert_sets(const std::vector<std::string>& sets,
                                             const std::string& checks = "{\"HealthChecks\":[]}") {
  return convert_files(Format::route53, {{"sets", sets_of(sets)}, {"checks", checks}});
}

std::string text_of_sets(const Result<Conversion, Diagnostics>& made) {
  if (!made) return yaml_of(made);
  const std::string& text = made->files.at("zones/db.e.com").text;
  return text.substr(text.find("NS ns.\n") + 7);
}

TEST(Route53, WritesSimpleRecords) {
  EXPECT_EQ(text_of_sets(convert_sets({set_of("\\\\052", "A", "192.0.2.1"),
                                       set_of("t", "TXT", "\\\"a\\\\100\\\\\\\\b\\\"")})),
            "*.e.com. 60 IN A 192.0.2.1\nt.e.com. 60 IN TXT \"a\\064\\\\b\"\n");
}

TEST(Route53, MakesChecksOfHealthChecks) {
  const auto check = [](const std::string& config) {
    const auto made =
        convert_sets({set_of("w", "A", "192.0.2.1", R"(,"SetIdentifier":"a","HealthCheckId":"h")")},
                     check_json(config));
    const std::string yaml = yaml_of(made);
    const std::size_t at = yaml.find("checks:\n") + 8;
    return yaml.substr(at, yaml.find("\n\n") == 0 ? 0 : yaml.find("\n\npools", at) - at);
  };
  EXPECT_EQ(check(R"("Type":"TCP","Port":25)"),
            "  tcp: {type: tcp, port: 25, interval: 30s, rise: 3, fall: 3}");
  EXPECT_EQ(check(R"("Type":"HTTP","ResourcePath":"/x","RequestInterval":10,"FailureThreshold":1)"),
            "  http: {type: http, path: /x, interval: 10s, rise: 1, fall: 1}");
  EXPECT_EQ(check(R"("Type":"HTTPS_STR_MATCH","Port":444,"SearchString":"^x")"),
            "  https: {type: https, port: 444, verify: false, expect: \"\\\\^x\", interval: 30s, "
            "rise: 3, fall: 3}");
  for (const char* config :
       {R"("Type":"TCP")", R"("Type":"CALCULATED")", "", R"("Type":"HTTP","Inverted":true)",
        R"("Type":"HTTP","Disabled":true)"}) {
    EXPECT_EQ(check(config), "  always-up: {type: file, file: always-up, missing: up}") << config;
  }
}

TEST(Route53, MakesPoolsOfPolicies) {
  const std::string health = check_json(R"("Type":"HTTP","IPAddress":"192.0.2.1")");
  EXPECT_THAT(yaml_of(convert_sets(
                  {set_of("w", "A", "192.0.2.1", R"(,"Failover":"PRIMARY","HealthCheckId":"h")"),
                   set_of("w", "A", "192.0.2.2", R"(,"Failover":"SECONDARY")")},
                  health)),
              HasSubstr("w.e.com: {check: http, members: {192.0.2.2: {tier: backup}}}"));
  EXPECT_THAT(yaml_of(convert_sets({set_of("w", "A", "192.0.2.1", R"(,"Weight":0)"),
                                    set_of("w", "A", "192.0.2.2", R"(,"Weight":999)")})),
              HasSubstr("max_answers: 1\n    members: {192.0.2.1: {weight: 0}, 192.0.2.2: {weight: "
                        "255}}"));
  EXPECT_THAT(
      yaml_of(convert_sets(
          {set_of("w", "A", "192.0.2.1", R"(,"MultiValueAnswer":true,"HealthCheckId":"h")"),
           set_of("w", "A", "192.0.2.9", R"(,"MultiValueAnswer":true,"HealthCheckId":"h")")},
          health)),
      HasSubstr("w.e.com: {check: http, max_answers: 8, members: {192.0.2.9: {probe_address: "
                "192.0.2.1}}}"));
}

TEST(Route53, ReportsWhatDependsOnTheClient) {
  for (const char* policy :
       {"Region", "GeoLocation", "GeoProximityLocation", "CidrRoutingConfig"}) {
    const auto made =
        convert_sets({set_of("w", "A", "192.0.2.1", std::string(",\"") + policy + "\":\"x\"")});
    EXPECT_EQ(text_of_sets(made), "w.e.com. 60 IN A 192.0.2.1\n");
    EXPECT_THAT(report_of(made),
                Contains("- sets:2:1: w.e.com A: " + std::string(policy) +
                         ": answers do not depend on the client; its records are for everybody"));
  }
}

TEST(Route53, MakesCnamesOfAliasesInTheZone) {
  const auto alias = [](const std::string& name, const std::string& target,
                        const std::string& more = "") {
    return "\"Name\":\"" + name + "\",\"Type\":\"A\",\"AliasTarget\":{\"DNSName\":\"" + target +
           "\"}" + more;
  };
  const auto made = convert_sets({alias("a.e.com.", "w.e.com."), alias("e.com.", "w.e.com."),
                                  alias("b.e.com.", "lb.amazonaws.com."), set_of("c", "TXT", "x"),
                                  alias("c.e.com.", "w.e.com."),
                                  alias("d.e.com.", "w.e.com.", R"(,"Weight":1)")});
  EXPECT_EQ(text_of_sets(made), "a.e.com. 60 IN CNAME w.e.com.\nc.e.com. 60 IN TXT x\n");
  EXPECT_THAT(report_of(made), Contains("- sets:4:1: b.e.com A: an alias of lb.amazonaws.com., "
                                        "which is outside of the zone"));
  EXPECT_THAT(report_of(made), Contains("- sets:3:1: e.com A: an alias of w.e.com.: write the "
                                        "records of that name"));
}

TEST(Route53, KeepsOneOfSeveralSetsThatNoPoolHas) {
  const auto made = convert_sets(
      {set_of("c", "CNAME", "a.net.", R"(,"SetIdentifier":"a","Weight":1)"),
       set_of("c", "CNAME", "b.net.", R"(,"SetIdentifier":"b","Weight":2)"),
       set_of("f", "CNAME", "a.net.", R"(,"SetIdentifier":"a","Failover":"SECONDARY")"),
       set_of("f", "CNAME", "b.net.", R"(,"SetIdentifier":"b","Failover":"PRIMARY")")});
  EXPECT_EQ(text_of_sets(made), "c.e.com. 60 IN CNAME b.net.\nf.e.com. 60 IN CNAME b.net.\n");
  EXPECT_THAT(report_of(made),
              Contains("- sets:2:1: c.e.com CNAME a: pools have addresses; the set b stays"));
}

TEST(Route53, RefusesValuesThatWouldBeOtherRecords) {
  const auto made = convert_sets({set_of("a", "TXT", "x\\nb A 192.0.2.1"), "\"Name\":\"\"",
                                  set_of("b", "A\\nx", "192.0.2.1")});
  EXPECT_EQ(text_of_sets(made), "");
  EXPECT_THAT(report_of(made),
              Contains("- sets:2:1: a.e.com TXT: a value that no zone file can have"));
  EXPECT_THAT(report_of(made), Contains("- sets:3:1: \"\": expected a Name and a Type"));
}

TEST(Route53, NamesThePlaceOfAnError) {
  const auto error = [](const std::string& text) {
    return report_of(convert_files(Format::route53, {{"f", text}})).front();
  };
  EXPECT_THAT(error("{\n \"a\": }"), HasSubstr("f:2:7: error: invalid JSON: "));
  EXPECT_THAT(error("{}\n x"), HasSubstr("error: invalid JSON: "));
  EXPECT_THAT(error("{"), HasSubstr("f:1:2: error: invalid JSON: "));
  EXPECT_THAT(error("[]"), HasSubstr("f:1:1: error: expected a JSON object"));
  EXPECT_THAT(error(std::string(100, '[')), HasSubstr("error: invalid JSON: "));
  EXPECT_THAT(report_of(convert_files(Format::route53, {{"f", "{\"ResourceRecordSets\":[]}"}})),
              Contains("f:1:1: error: not taken over: no SOA record: the zone has no name"));
  EXPECT_THAT(
      report_of(convert_files(Format::route53, {{"f", "{}"}})),
      Contains("f:1:1: error: not taken over: neither ResourceRecordSets nor HealthChecks"));
}

}  // namespace
}  // namespace rollcall::convert
