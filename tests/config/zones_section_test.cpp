#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ZonesSection, RefusesWrongNamesAndDoubles) {
  EXPECT_THAT(
      messages(R"(zones:
  mydomain.com: {file: a}
  MyDomain.com.: {file: b}
  mydomain.com: {file: c}
  "@": {file: d}
  a..b: {file: e}
  )" + std::string(90, 'a') +
               ": {file: f}\n"),
      ElementsAre(R"(r.yaml:3:3: error: zone "MyDomain.com." is defined twice; first in line 2)",
                  R"(r.yaml:4:3: error: "mydomain.com" is defined twice in zones; first in line 2)",
                  R"(r.yaml:5:3: error: "@" is not a domain name here: there is no origin)",
                  R"(r.yaml:6:3: error: "a..b" is not a domain name: it has an empty label)",
                  R"(r.yaml:7:3: error: ")" + std::string(80, 'a') +
                      R"(..." is not a domain name: a label has more than 63 octets)"));
}

TEST(ZonesSection, NeedsAFile) {
  EXPECT_THAT(
      messages("zones:\n  a.b:\n  c.d: {fill: x}\n"),
      ElementsAre(R"(r.yaml:2:3: error: zones.a.b needs the key "file")",
                  R"(r.yaml:3:8: error: zones.c.d needs the key "file")",
                  R"(r.yaml:3:9: error: unknown key "fill" in zones.c.d, did you mean "file"?)"));
}

TEST(ZonesSection, SecondariesAndGrants) {
  EXPECT_THAT(
      messages(R"(keys: {bind-secondary: {secret_file: k}}
zones:
  a.b:
    file: x
    secondaries: [{address: ns2}, {key: bind-secondary}, {address: 127.0.0.1, key: bind-secundary}, 127.0.0.1]
    allow_transfer: [127.0.0.1/8, key:other, key: bind-secondary, all]
)"),
      ElementsAre(
          R"(r.yaml:5:29: error: zones.a.b.secondaries.address must be an address with or without a port, such as 127.0.0.1:53 or "[::1]:53", not "ns2")",
          R"(r.yaml:5:35: error: zones.a.b.secondaries needs the key "address")",
          R"(r.yaml:5:84: error: zones.a.b.secondaries.key names the key "bind-secundary", which is not in keys, did you mean "bind-secondary"?)",
          R"(r.yaml:5:101: error: zones.a.b.secondaries must be a map, not a single value)",
          R"(r.yaml:6:22: error: zones.a.b.allow_transfer must contain address blocks such as 127.0.0.0/8 (no bits after the length) or key:NAME, not "127.0.0.1/8")",
          R"(r.yaml:6:35: error: zones.a.b.allow_transfer names the key "other", which is not in keys)",
          R"(r.yaml:6:46: error: zones.a.b.allow_transfer must be a list of address blocks and key:NAME, without a blank after the colon)",
          R"(r.yaml:6:67: error: zones.a.b.allow_transfer must contain address blocks such as 127.0.0.0/8 (no bits after the length) or key:NAME, not "all")"));
}

TEST(ZonesSection, PrimariesTakeThePlaceOfTheFile) {
  EXPECT_THAT(
      messages(R"(keys: {k: {secret_file: k}}
zones:
  a.b:
    file: x
    watch: on
    allow_update: []
    primaries: [{address: 192.0.2.1}, {address: ns1}, {addres: 192.0.2.2}, {address: 192.0.2.1}]
  c.d: {primaries: []}
  e.f: {primaries: 192.0.2.1}
  g.h: {primaries: [{address: 192.0.2.1, key: kk}]}
)"),
      ElementsAre(
          R"(r.yaml:4:11: error: zones.a.b.file cannot be given with primaries: the zone comes from them)",
          R"(r.yaml:5:12: error: zones.a.b.watch cannot be given with primaries: the zone comes from them)",
          R"(r.yaml:6:19: error: zones.a.b.allow_update cannot be given with primaries: the zone comes from them)",
          R"(r.yaml:7:49: error: zones.a.b.primaries.address must be an address with or without a port, such as 127.0.0.1:53 or "[::1]:53", not "ns1")",
          R"(r.yaml:7:55: error: zones.a.b.primaries needs the key "address")",
          R"(r.yaml:7:56: error: unknown key "addres" in zones.a.b.primaries, did you mean "address"?)",
          R"(r.yaml:7:76: error: zones.a.b.primaries names 192.0.2.1:53 twice)",
          R"(r.yaml:8:20: error: zones.c.d.primaries must name at least one server)",
          R"(r.yaml:9:20: error: zones.e.f.primaries must be a list, not a single value)",
          R"(r.yaml:10:47: error: zones.g.h.primaries.key names the key "kk", which is not in keys, did you mean "k"?)"));
}

TEST(ZonesSection, Primaries) {
  const ParsedOptions parsed = parse(
      "keys: {k: {secret_file: k}}\nzones:\n  a.b:\n    primaries: [{address: 192.0.2.1, key: k}, "
      "{address: \"[2001:db8::1]:5300\"}]\n");
  ASSERT_TRUE(parsed.options);
  const zone::ZoneSpec& zone = parsed.options->zones.at(0);
  EXPECT_TRUE(zone.transfer.is_transferred());
  EXPECT_EQ(zone.file, "zone a.b as transferred");
  EXPECT_THAT(zone.transfer.primaries,
              ElementsAre(zone::Primary{*Endpoint::parse("192.0.2.1:53"), *dns::Name::parse("k")},
                          zone::Primary{*Endpoint::parse("[2001:db8::1]:5300"), std::nullopt}));
}

TEST(ZonesSection, Updates) {
  const ParsedOptions parsed = parse(R"(keys: {k: {secret_file: k}}
zones:
  a.b:
    file: x
    allow_update:
      - {key: k, preset: acme}
      - {key: k, names: ["**.Apps", "@"], types: [A, TXT], max_ttl: 5m, max_age: 2h, pools: true}
      - {address: 127.0.0.0/8}
)");
  ASSERT_TRUE(parsed.options);
  const auto& grants = parsed.options->zones[0].update.grants;
  ASSERT_EQ(grants.size(), 3U);
  EXPECT_THAT(grants[0].names[0].labels, ElementsAre("_acme-challenge", "**"));
  EXPECT_THAT(grants[0].types, ElementsAre(dns::Type::TXT));
  EXPECT_EQ(grants[0].max_age, 3600U);
  EXPECT_EQ(grants[0].where.line, 6U);
  EXPECT_THAT(grants[1].names[0].labels, ElementsAre("**", "apps"));
  EXPECT_THAT(grants[1].names[1].labels, IsEmpty());
  EXPECT_EQ(grants[1].max_ttl, 300U);
  EXPECT_EQ(grants[1].max_age, 7200U);
  EXPECT_TRUE(grants[1].pools);
  EXPECT_FALSE(grants[2].key);
  EXPECT_FALSE(grants[2].pools);
}

TEST(ZonesSection, RefusesWrongUpdates) {
  EXPECT_THAT(
      messages(R"(keys: {k: {secret_file: k}}
zones:
  a.b:
    file: x
    allow_update:
      - {key: kk}
      - {names: [x]}
      - {key: k, address: 127.0.0.0/8}
      - {address: 127.0.0.1/8}
      - {key: k, names: [x., ""], types: [AXFR, TXTT]}
      - {key: k, preset: acne}
      - {key: k, preset: acme, types: [A]}
      - {key: k, max_ttl: 0s, nmaes: []}
)"),
      ElementsAre(
          R"(r.yaml:6:15: error: zones.a.b.allow_update.key names the key "kk", which is not in keys, did you mean "k"?)",
          R"(r.yaml:7:9: error: zones.a.b.allow_update needs either key or address)",
          R"(r.yaml:8:9: error: zones.a.b.allow_update needs either key or address)",
          R"(r.yaml:9:19: error: zones.a.b.allow_update.address must be an address block such as 127.0.0.0/8 (no bits after the length), not "127.0.0.1/8")",
          R"(r.yaml:10:26: error: zones.a.b.allow_update.names must be a name relative to the zone, in which * is one label and ** any number (@ is the zone itself), not "x.")",
          R"(r.yaml:10:30: error: zones.a.b.allow_update.names needs a value)",
          R"(r.yaml:10:43: error: zones.a.b.allow_update.types has no record type "AXFR")",
          R"(r.yaml:10:49: error: zones.a.b.allow_update.types has no record type "TXTT")",
          R"(r.yaml:11:26: error: zones.a.b.allow_update.preset "acne" is not a valid preset, did you mean "acme"?)",
          R"(r.yaml:12:39: error: zones.a.b.allow_update.types is set by the preset; use one of both)",
          R"(r.yaml:13:27: error: zones.a.b.allow_update.max_ttl must be from 1s to 365d, not 0s)",
          R"(r.yaml:13:31: error: unknown key "nmaes" in zones.a.b.allow_update, did you mean "names"?)"));
}

TEST(ZonesSection, SerialPolicies) {
  const ParsedOptions parsed = parse(
      "zones:\n  a: {file: x}\n  b: {file: x, serial_policy: file}\n"
      "  c: {file: x, serial_policy: unixtime}\n  d: {file: x, serial_policy: date}\n");
  ASSERT_TRUE(parsed.options);
  std::vector<pool::SerialPolicy> policies;
  for (const zone::ZoneSpec& zone : parsed.options->zones) policies.push_back(zone.serial_policy);
  using pool::SerialPolicy;
  EXPECT_THAT(policies, ElementsAre(SerialPolicy::file, SerialPolicy::file, SerialPolicy::unixtime,
                                    SerialPolicy::date));
  EXPECT_THAT(messages("zones: {a.b: {file: x, serial_policy: unix}}"),
              ElementsAre(testing::HasSubstr("serial_policy")));
}

TEST(ZonesSection, TheFullViewNeedsAKey) {
  const std::string head = "keys: {k: {secret_file: k}}\nzones: {a.b: {file: x, secondaries: [";
  const ParsedOptions parsed =
      parse(head + "{address: 192.0.2.1, key: k, view: full}, {address: 192.0.2.2}]}}");
  ASSERT_TRUE(parsed.options);
  const zone::TransferPolicy& policy = parsed.options->zones[0].transfer;
  EXPECT_EQ(policy.secondaries[0].view, zone::View::full);
  EXPECT_EQ(policy.secondaries[1].view, zone::View::live);
  EXPECT_TRUE(policy.has_full());
  EXPECT_EQ(policy.view_of(dns::Name::parse("K").value()), zone::View::full);
  EXPECT_EQ(policy.view_of(std::nullopt), zone::View::live);
  EXPECT_THAT(messages(head + "{address: 192.0.2.1, view: full}]}}"),
              ElementsAre(testing::HasSubstr(
                  "view: full needs a key, by which the secondary is recognised")));
  EXPECT_THAT(
      messages(head + "{address: 192.0.2.1, key: k}, {address: 192.0.2.2, key: k, view: "
                      "full}]}}"),
      ElementsAre(testing::HasSubstr("another secondary with this key has the other view")));
  EXPECT_THAT(messages(head + "{address: 192.0.2.1, key: k, view: all}]}}"),
              ElementsAre(testing::HasSubstr("view")));
}

TEST(ZonesSection, TheLagThatIsTold) {
  const ParsedOptions parsed = parse("zones:\n  a: {file: x}\n  b: {file: x, secondary_lag: 5m}\n");
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->zones[0].secondary_lag, std::chrono::seconds(60));
  EXPECT_EQ(parsed.options->zones[1].secondary_lag, std::chrono::minutes(5));
  EXPECT_THAT(messages("zones: {a.b: {file: x, secondary_lag: 1s}}"),
              ElementsAre(testing::HasSubstr("secondary_lag")));
}

TEST(ZonesSection, ASecondaryListensOnPort53) {
  const ParsedOptions parsed =
      parse("zones: {a.b: {file: x, secondaries: [{address: 127.0.0.1}, {address: '::1'}]}}");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty());
  ASSERT_TRUE(parsed.options);
  const auto& secondaries = parsed.options->zones[0].transfer.secondaries;
  EXPECT_EQ(secondaries.at(0).address.to_string(), "127.0.0.1:53");
  EXPECT_EQ(secondaries.at(1).address.to_string(), "[::1]:53");
  EXPECT_FALSE(secondaries.at(0).key);
}

TEST(KeysSection, RefusesWrongKeys) {
  EXPECT_THAT(
      messages_after_zone(R"(keys:
  one: {algorithm: hmac-sha265, secret_file: a}
  two: {algorithm: sha}
  ONE.: {secret_file: b}
)"),
      ElementsAre(
          R"(r.yaml:3:20: error: keys.one.algorithm "hmac-sha265" is not a valid algorithm, did you mean "hmac-sha256"?)",
          R"(r.yaml:4:8: error: keys.two needs the key "secret_file")",
          R"(r.yaml:4:20: error: keys.two.algorithm "sha" is not a valid algorithm (there are: hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha224, hmac-sha1, hmac-md5))",
          R"(r.yaml:5:3: error: key "ONE." is defined twice; first in line 3)"));
}

}  // namespace
}  // namespace rollcall::config
