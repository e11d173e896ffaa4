#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::string kGdnsdZone = "@ SOA ns1 root 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.53\n";

Result<Conversion, Diagnostics> convert_gdnsd_text(const std::string& config,
                                                   const std::string& records) {
  return convert_files(Format::gdnsd,
                       {{"config", config}, {"zones/example.com", kGdnsdZone + records}});
}

/// The pools and checks of records under `plugins`, with a service type web.
std::string sections_of(const std::string& plugins, const std::string& records) {
  const std::string yaml = yaml_of(convert_gdnsd_text(
      "service_types => { web => { plugin => tcp_connect, port => 80 } }\nplugins => {" + plugins +
          "}",
      records));
  const std::size_t at = yaml.find("pools:");
  return at == std::string::npos ? yaml : yaml.substr(at);
}

std::string check_of(const std::string& type) {
  const std::string yaml = yaml_of(convert_gdnsd_text(
      "service_types => { x => {" + type +
          "} }\n"
          "plugins => { multifo => { r => { service_types => x, a => 192.0.2.1 } } }",
      "www 60/30 DYNA multifo!r"));
  const std::size_t at = yaml.find("  x:");
  return at == std::string::npos ? "none" : yaml.substr(at, yaml.find("\n\n", at) - at);
}

std::string text_of_zone(const Result<Conversion, Diagnostics>& made) {
  return made ? made->files.at("zones/example.com").text : yaml_of(made);
}

TEST(Gdnsd, MakesChecksOfServiceTypes) {
  EXPECT_EQ(check_of("plugin => http_status"),
            "  x:\n    type: http\n    expect_status: 200\n    interval: 10s\n"
            "    fast_interval: 10s\n    timeout: 5s\n    rise: 20\n    fall: 10");
  EXPECT_THAT(check_of("plugin => http_status port => 8080 url_path => /x vhost => a.b "
                       "ok_codes => [ 200 301 ] interval => 3 timeout => 9"),
              HasSubstr("port: 8080\n    path: /x\n    host: a.b\n    expect_status: \"200, 301\"\n"
                        "    interval: 3s\n    fast_interval: 3s\n    timeout: 1500ms"));
  EXPECT_THAT(check_of("plugin => extmon cmd => [ /bin/x \"a=%%ITEM%%;%%ITEM%%\" ] direct => true"),
              HasSubstr("command: [/bin/x, \"a={address};{address}\"]"));
  EXPECT_THAT(check_of("plugin => extmon cmd => [ /bin/x ] direct => TRUE"),
              HasSubstr("rise: 1\n    fall: 1"));
  EXPECT_THAT(check_of("plugin => extfile file => f def_down => true"),
              HasSubstr("file: /var/lib/gdnsd/extfile/f\n    missing: down"));
  EXPECT_THAT(check_of("plugin => tcp_connect port => 25 down_thresh => 500"),
              HasSubstr("port: 25, interval: 10s"));
  EXPECT_THAT(check_of("plugin => tcp_connect port => 25 down_thresh => 500"),
              HasSubstr("fall: 100"));
  for (const char* type :
       {"plugin => tcp_connect", "plugin => extmon", "plugin => null", "",
        "plugin => extmon cmd => [ x ]", "plugin => http_status url_path => \"a b\""}) {
    EXPECT_EQ(check_of(type), "none") << type;
  }
}

TEST(Gdnsd, MakesPoolsOfResources) {
  EXPECT_EQ(sections_of("multifo => { up_thresh => 0.3 service_types => web "
                        "r => { a => 192.0.2.1 b => 192.0.2.2 } }",
                        "www 60 DYNA multifo!r"),
            "pools:\n  www.example.com: {check: web, min_healthy: 30%}\n");
  EXPECT_EQ(sections_of("multifo => { r => { ignore_health => true service_types => web "
                        "addrs_v4 => [ 192.0.2.1 ] addrs_v6 => { a => 2001:db8::1 } } }",
                        "www DYNA multifo!r"),
            "pools:\n  www.example.com: {check: web, min_healthy: 50%, observe_only: true}\n");
  EXPECT_EQ(sections_of("weighted => { service_types => web r => { a => [ 192.0.2.1, 3 ] "
                        "b => [ 192.0.2.2, 0 ] } }",
                        "www DYNA weighted!r"),
            "pools:\n  www.example.com:\n    check: web\n    max_answers: 1\n    min_healthy: 50%\n"
            "    members: {192.0.2.1: {weight: 3}, 192.0.2.2: {weight: 0}}\n");
  EXPECT_EQ(
      sections_of("simplefo => { r => { primary => 192.0.2.1 secondary => 192.0.2.2 } }",
                  "www DYNA simplefo!r"),
      "pools:\n  www.example.com: {check: always-up, members: {192.0.2.2: {tier: backup}}}\n");
}

TEST(Gdnsd, MakesTiersOfDatacenters) {
  const std::string metafo =
      "multifo => { r => { service_types => web a => 192.0.2.1 } }"
      "metafo => { service_types => web plugin => multifo resources => { m => { "
      "datacenters => [ one two ] dcmap => { one => %multifo!r two => [ 192.0.2.2 192.0.2.1 ] } } "
      "x => { datacenters => [ a b c ] dcmap => { a => !none b => name.example. } } } }";
  EXPECT_EQ(sections_of(metafo, "www DYNA metafo!m\nb DYNA metafo!m/two\nc DYNA metafo!x"),
            "pools:\n  www.example.com: {check: web, min_healthy: 50%, members: {192.0.2.2: "
            "{tier: backup}}}\n  b.example.com: {check: web, min_healthy: 50%}\n");
}

TEST(Gdnsd, WritesRecordsInThePlaceOfDynamicOnes) {
  const auto made = convert_gdnsd_text(
      "plugins => { static => { a => 192.0.2.1, n => target.example., bad => \"x y..\" } }",
      "www 600/10 DYNA static!a ; comment\n"
      "  DYNA static!a\n"
      "$ORIGIN sub\n"
      "v 1H DYNC static!n\n"
      "w DYNA ( static!a\n )\n"
      "x IN DYNA static!bad\n"
      "y TXT \"DYNA\" DYNA\n"
      "z CNAME @Z\n"
      "$ORIGIN @F\n"
      "u A 192.0.2.9\n");
  EXPECT_EQ(text_of_zone(made), "$TTL 86400\n" + kGdnsdZone +
                                    "www.example.com. 10 IN A 192.0.2.1 ; comment\n"
                                    "www.example.com. IN A 192.0.2.1\n"
                                    "$ORIGIN sub\n"
                                    "v.sub.example.com. 1H IN CNAME target.example.\n"
                                    "w.sub.example.com. IN A 192.0.2.1\n"
                                    "; no addresses are known for this record\n"
                                    "y TXT \"DYNA\" DYNA\n"
                                    "z CNAME example.com.\n"
                                    "$ORIGIN example.com.\n"
                                    "u A 192.0.2.9\n");
}

TEST(Gdnsd, KeepsTheDefaultTtl) {
  EXPECT_THAT(text_of_zone(convert_gdnsd_text("options => { zones_default_ttl => 99 }", "")),
              testing::StartsWith("$TTL 99\n@ SOA"));
  EXPECT_EQ(text_of_zone(convert_gdnsd_text("", "$ttl 5\n")), kGdnsdZone + "$ttl 5\n");
}

TEST(Gdnsd, ListensWhereGdnsdDoes) {
  const auto listen = [](const std::string& options) {
    return yaml_of(convert_gdnsd_text("options => {" + options + "}", "")).substr(0, 60);
  };
  EXPECT_THAT(listen("listen => 192.0.2.1"), HasSubstr("listen: [\"192.0.2.1:53\"]"));
  EXPECT_THAT(listen("listen => [ 192.0.2.1:54 x ] dns_port => 55"),
              HasSubstr("listen: [\"192.0.2.1:54\"]"));
  EXPECT_THAT(listen("listen => { 192.0.2.1 => { tcp_timeout = 15 } } dns_port => 55"),
              HasSubstr("listen: [\"192.0.2.1:55\"]"));
  EXPECT_THAT(listen("listen => any"), Not(HasSubstr("listen")));
}

TEST(Gdnsd, ReportsWhatRollcallCannotDo) {
  const auto made = convert_gdnsd_text(
      "odd => 1\nplugins => { geoip => {}\n weighted => { r => {\n a => [ 192.0.2.1, 900 ]\n"
      " g => { b => [ 192.0.2.2, 1 ] c => [ x ] } } }\n multifo => { u => { a => 192.0.2.1 } "
      "s => { service_types => nope a => 192.0.2.1 } } }",
      "www DYNA weighted!r\nwww DYNA weighted!r\nx DYNA geoip!y\nz DYNA multifo!s");
  const std::vector<std::string> report = report_of(made);
  for (const char* line :
       {"- config:1:1: odd: unknown section",
        "- config:2:14: plugin geoip: answers do not depend on the client's place",
        "- config:3:16: weighted!r: g: the weights of groups count within one pool",
        "- config:3:16: weighted!r: c: expected [ address, weight ]",
        "- config:3:16: weighted!r: weights above 255 are scaled down",
        "- config:6:15: multifo!u: no record uses it",
        "- config:6:39: service type nope: not defined",
        "- zones/example.com:5:1: www.example.com DYNA weighted!r: the name has a pool already",
        "- zones/example.com:6:1: x.example.com DYNA geoip!y: no addresses are known for this "
        "resource"}) {
    EXPECT_THAT(report, Contains(line));
  }
}

TEST(Gdnsd, KeepsAPoolToItsLimit) {
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += "a" + std::to_string(i) + " => 192.0.2." + std::to_string(i) + " ";
  const auto made =
      convert_gdnsd_text("plugins => { multifo => { r => {" + many + "} } }", "www DYNA multifo!r");
  EXPECT_THAT(report_of(made), Contains(HasSubstr("a pool has at most 64 records")));
}

TEST(Gdnsd, MakesNoPoolThatRollcallRefuses) {
  const std::string config =
      "service_types => { web => { plugin => http_status } }\n"
      "plugins => { multifo => { r => { service_types => web a => 192.0.2.1 } } }";
  const auto made = convert_gdnsd_text(
      config, "*.dev DYNA multifo!r\nother.example. DYNA multifo!r\nwww DYNA multifo!r");
  EXPECT_THAT(yaml_of(made), HasSubstr("pools:\n  www.example.com: {check: web"));
  EXPECT_THAT(report_of(made), Contains("- zones/example.com:4:1: the pool *.dev.example.com: a "
                                        "wildcard's check needs the name of a host"));
  EXPECT_THAT(report_of(made), Contains("- zones/example.com:5:1: other.example DYNA multifo!r: no "
                                        "zone has addresses of that name"));
}

TEST(Gdnsd, KnowsZonesByTheirFiles) {
  const auto made = convert_files(
      Format::gdnsd, {{"0@25.2.0.192.in-addr.arpa", kGdnsdZone}, {"a..b", kGdnsdZone}});
  EXPECT_THAT(yaml_of(made), HasSubstr("0/25.2.0.192.in-addr.arpa: {file: zones/0@25.2"));
  EXPECT_THAT(report_of(made), Contains("- a..b: a..b: the file is not named as a zone"));
}

}  // namespace
}  // namespace rollcall::convert
