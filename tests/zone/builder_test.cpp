#include "zone/builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;

std::vector<std::string> names_of(const Zone& zone) {
  std::vector<std::string> names;
  for (const NodeHeader* node = zone.first_in_base(); node; node = zone.next_in_base(node)) {
    names.push_back(dns::Name::from_wire(node->name())->to_text());
  }
  return names;
}

const NodeHeader& apex_of(const Zone& zone) {
  return *zone.first_in_base();
}

TEST(Builder, NodesStandInCanonicalOrderWithEmptyNonTerminals) {
  // RFC 4034 section 6.1's own example, and what lies between.
  const LoadReport report = load_text("example",
                                      "$TTL 5\n@ SOA a a 1 2 3 4 5\n@ NS ns.other.\n"
                                      "Z TXT x\nyljkjljk.a TXT x\n*.z TXT x\nz.B.a TXT x\n"
                                      "\\001.z TXT x\nzABC.a.EXAMPLE. TXT x\n\\200.z TXT x\n"
                                      "a TXT x\n\\000.z TXT x\n");
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  EXPECT_THAT(
      names_of(*report.zone),
      ElementsAre("example.", "a.example.", "b.a.example.", "z.b.a.example.", "yljkjljk.a.example.",
                  "zabc.a.example.", "z.example.", "\\000.z.example.", "\\001.z.example.",
                  "*.z.example.", "\\200.z.example."));
  EXPECT_EQ(report.zone->names(), 11U);
  EXPECT_EQ(report.zone->records(), 11U);
  const NodeHeader* between = find_node(*report.zone, "b.a.example");
  ASSERT_NE(between, nullptr);
  EXPECT_EQ(between->rrsets, 0);
}

TEST(Builder, EachNodeKnowsHowManyAreOneLabelBelow) {
  const LoadReport report = load_tail("a TXT x\nx.y.a TXT x\nz.y.a TXT x\n*.a TXT x\nb TXT x\n");
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  EXPECT_EQ(find_node(*report.zone, "example.com")->children, 3U) << "a, b, ns1";
  EXPECT_EQ(find_node(*report.zone, "a.example.com")->children, 2U);
  EXPECT_EQ(find_node(*report.zone, "y.a.example.com")->children, 2U);
  EXPECT_EQ(find_node(*report.zone, "x.y.a.example.com")->children, 0U);
}

TEST(Builder, EveryNameIsFoundByItsHashAndNoOther) {
  std::string tail = "$GENERATE 1-500 h$ A 192.0.2.1\n$GENERATE 1-50 a.b$ A 192.0.2.2\n";
  const LoadReport report = load_tail(tail);
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  std::size_t seen = 0;
  for (const NodeHeader* node = report.zone->first_in_base(); node;
       node = report.zone->next_in_base(node)) {
    ++seen;
    EXPECT_EQ(report.zone->find(dns::hash_name(node->name()), node->name()), node);
  }
  EXPECT_EQ(seen, report.zone->names());
  EXPECT_EQ(seen, 1U + 1 + 500 + 50 + 50);
  EXPECT_EQ(find_node(*report.zone, "h501.example.com"), nullptr);
  EXPECT_EQ(find_node(*report.zone, "com"), nullptr);
  EXPECT_NE(find_node(*report.zone, "H17.EXAMPLE.com"), nullptr);
}

TEST(Builder, FlagsSayWhatStandsAtAndAboveAName) {
  const LoadReport report = load_tail(
      "sub NS ns.sub\nns.sub A 192.0.2.2\ndeep.sub NS ns1\nd DNAME example.org.\nx.d TXT x\n"
      "c CNAME ns1\n*.w TXT x\n");
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  const auto flags = [&](const char* name) { return find_node(*report.zone, name)->flags; };
  EXPECT_EQ(flags("example.com"), 0);
  EXPECT_EQ(flags("sub.example.com"), kZoneCut);
  EXPECT_EQ(flags("ns.sub.example.com"), kBelowCut);
  EXPECT_EQ(flags("deep.sub.example.com"), kBelowCut);
  EXPECT_EQ(flags("d.example.com"), kDname);
  EXPECT_EQ(flags("x.d.example.com"), kBelowDname);
  EXPECT_EQ(flags("c.example.com"), kCname);
  EXPECT_EQ(flags("w.example.com"), kWildcardChild);
  EXPECT_EQ(flags("*.w.example.com"), 0);
}

TEST(Builder, RecordsArePrerendered) {
  const LoadReport report = load_tail("a 7 A 192.0.2.3\na 7 A 192.0.2.2\n");
  const RrsetHeader* rrset = find_node(*report.zone, "a.example.com")->find(dns::Type::A);
  ASSERT_NE(rrset, nullptr);
  EXPECT_EQ(rrset->count, 2);
  EXPECT_EQ(rrset->record_size, 16);
  EXPECT_EQ(rrset->size, 32U);
  EXPECT_EQ(rrset->origin_pointer, 0);
  EXPECT_FALSE(rrset->watched());
  EXPECT_THAT(rrset->records(),
              ElementsAre(0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 7, 0, 4, 192, 0, 2, 2,  //
                          0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 7, 0, 4, 192, 0, 2, 3));
}

TEST(Builder, InZoneTargetsAreCutBeforeTheOrigin) {
  const LoadReport report =
      load_tail("mail MX 5 Ns1\nmail MX 6 mx.example.org.\nmail MX 7 @\n_s SRV 0 0 1 ns1\n");
  ASSERT_NE(report.zone, nullptr);
  const RrsetHeader* mx = find_node(*report.zone, "mail.example.com")->find(dns::Type::MX);
  EXPECT_EQ(mx->origin_pointer, 0xc000 + 12 + 5);  // behind "\4mail"
  EXPECT_EQ(mx->record_size, 0);
  const Bytes records = mx->records();
  const Bytes first = records.first(12 + 2 + 4 + 2);
  EXPECT_THAT(first.subspan(10), ElementsAre(0, 8, 0, 5, 3, 'N', 's', '1', 0xc0, 17));
  EXPECT_TRUE(ends_in_origin_pointer(*mx, first));
  const Bytes second = records.subspan(first.size(), 12 + 2 + 16);
  EXPECT_EQ(load_u16(second.data() + 10), 18);
  EXPECT_FALSE(ends_in_origin_pointer(*mx, second));
  EXPECT_THAT(records.subspan(first.size() + second.size()).subspan(10),
              ElementsAre(0, 4, 0, 7, 0xc0, 17));
  const RrsetHeader* srv = find_node(*report.zone, "_s.example.com")->find(dns::Type::SRV);
  EXPECT_EQ(srv->origin_pointer, 0);  // RFC 3597 section 4
  EXPECT_EQ(apex_of(*report.zone).find(dns::Type::SOA)->origin_pointer, 0);
  EXPECT_EQ(apex_of(*report.zone).find(dns::Type::NS)->origin_pointer, 0xc00c);
}

TEST(Builder, ATargetIsNotCutWhereThePointerWouldEndInZero) {
  // 12 + owner - origin == 256: the pointer would be c1 00.
  const std::string label(60, 'x');
  const std::string owner = label + "." + label + "." + label + "." + std::string(59, 'y') + ".";
  const LoadReport report =
      load_text("z", "$TTL 5\n@ SOA a a 1 2 3 4 5\n@ NS ns.other.\n" + owner + "z. CNAME b.z.\n" +
                         owner.substr(0, owner.size() - 2) + ".z. CNAME b.z.\n");
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  const RrsetHeader* whole = find_node(*report.zone, owner + "z")->find(dns::Type::CNAME);
  ASSERT_EQ(12 + name_of(owner + "z").size() - 3, 255U);
  EXPECT_EQ(whole->origin_pointer, 0xc0ff);
  const std::string longer = label + "." + label + "." + label + "." + std::string(60, 'y') + ".z";
  const LoadReport other =
      load_text("z", "$TTL 5\n@ SOA a a 1 2 3 4 5\n@ NS ns.other.\n" + longer + ". CNAME b.z.\n");
  ASSERT_NE(other.zone, nullptr);
  const RrsetHeader* uncut = find_node(*other.zone, longer)->find(dns::Type::CNAME);
  EXPECT_EQ(uncut->origin_pointer, 0);
  EXPECT_EQ(load_u16(uncut->records().data() + 10), 5);
}

TEST(Builder, TheSoaIsReadApart) {
  const LoadReport report = load_text(
      "example.com", "@ 9 SOA Ns1 root.mail 4294967295 1h 2h 1w 1d\n@ NS ns1\nns1 A 192.0.2.1\n");
  ASSERT_NE(report.zone, nullptr);
  const SoaFields& soa = report.zone->soa();
  EXPECT_EQ(soa.mname.to_text(), "Ns1.example.com.");
  EXPECT_EQ(soa.rname.to_text(), "root.mail.example.com.");
  EXPECT_EQ(soa.ttl, 9U);
  EXPECT_EQ(soa.serial, 4294967295U);
  EXPECT_EQ(soa.refresh, 3600U);
  EXPECT_EQ(soa.retry, 7200U);
  EXPECT_EQ(soa.expire, 604800U);
  EXPECT_EQ(soa.minimum, 86400U);
  EXPECT_EQ(report.zone->watch_table().serial(), 4294967295U);
  EXPECT_GT(report.zone->memory(), 100U);
}

TEST(Builder, PoolsAndTheirFollowersAreWatched) {
  const LoadReport report = load_tail(
      "@ MX 10 Smtp\n@ MX 20 backup\nbackup A 192.0.2.9\nsmtp A 192.0.2.2\nsmtp A 192.0.2.3\n"
      "smtp AAAA 2001:db8::1\n_x._tcp SRV 0 0 25 smtp\nother MX 1 backup\n",
      {name_of("SMTP.example.com"), name_of("www.example.org")});
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  const auto watched = report.zone->watched();
  ASSERT_EQ(watched.size(), 4U);
  EXPECT_EQ(watched[0].owner, name_of("example.com"));
  EXPECT_EQ(watched[0].type, dns::Type::MX);
  ASSERT_EQ(watched[0].records.size(), 2U);
  EXPECT_EQ(watched[0].records[0].target, name_of("smtp.example.com"));
  EXPECT_EQ(watched[0].records[1].target, std::nullopt);
  EXPECT_EQ(watched[1].type, dns::Type::SRV);
  EXPECT_EQ(watched[2].type, dns::Type::A);
  EXPECT_EQ(watched[2].records[0].address, IpAddress::parse("192.0.2.2"));
  EXPECT_EQ(watched[2].records[1].address, IpAddress::parse("192.0.2.3"));
  EXPECT_EQ(watched[3].records[0].address, IpAddress::parse("2001:db8::1"));
  for (std::uint32_t i = 0; i < watched.size(); ++i) EXPECT_EQ(watched[i].id.value, i);
  EXPECT_EQ(find_node(*report.zone, "smtp.example.com")->find(dns::Type::A)->watch, 2U);
  EXPECT_FALSE(find_node(*report.zone, "other.example.com")->find(dns::Type::MX)->watched());
  EXPECT_EQ(report.zone->watch_table().size(), 4U);
  EXPECT_EQ(report.zone->watch_table().mask(0), 3U);
  EXPECT_EQ(report.zone->watch_table().mask(3), 1U);
}

TEST(Builder, ServicesFollowPoolsAndADotIsTheirOwner) {
  const LoadReport report = load_tail(
      "www A 192.0.2.2\nwww HTTPS 1 . alpn=\"h2\"\nwww HTTPS 0 .\n_x SVCB 1 WWW port=\"1\"\n"
      "_x SVCB 2 ns1\n_y SVCB 1 .\n",
      {name_of("www.example.com")});
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  const auto watched = report.zone->watched();
  ASSERT_EQ(watched.size(), 3U);
  EXPECT_EQ(watched[0].owner, name_of("_x.example.com"));
  EXPECT_EQ(watched[0].records[0].target, name_of("www.example.com"));
  EXPECT_EQ(watched[0].records[1].target, std::nullopt);
  EXPECT_EQ(watched[1].type, dns::Type::A);
  EXPECT_EQ(watched[2].type, dns::Type::HTTPS);
  EXPECT_EQ(watched[2].records[0].target, std::nullopt);  // AliasMode: "." is no service
  EXPECT_EQ(watched[2].records[1].target, name_of("www.example.com"));
}

TEST(Builder, APoolOfMxIsWatchedWithItsExchanges) {
  const std::vector<dns::Name> pools{name_of("mx1.example.com")};
  const std::vector<dns::Name> mx_pools{name_of("Mail.example.com")};
  const std::string text = kHead +
                           "mail MX 10 MX1\nmail MX 20 backup.example.net.\nmail A 192.0.2.3\n" +
                           "mx1 A 192.0.2.4\nother MX 10 ns1\n";
  const LoadReport report =
      load_zone({name_of("example.com"), "zone", pools, mx_pools},
                [&](const std::string&) -> Result<std::string> { return text; });
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  const auto watched = report.zone->watched();
  ASSERT_EQ(watched.size(), 2U) << "neither the A beside it nor other MX records";
  EXPECT_EQ(watched[0].owner, name_of("mail.example.com"));
  ASSERT_EQ(watched[0].records.size(), 2U);
  EXPECT_EQ(watched[0].records[0].exchange->to_text(), "mx1.example.com.");
  EXPECT_EQ(watched[0].records[0].target, name_of("mx1.example.com")) << "it follows, too";
  EXPECT_EQ(watched[0].records[1].exchange, name_of("backup.example.net"));
  EXPECT_EQ(watched[0].records[1].target, std::nullopt);
  EXPECT_TRUE(watched[0].records[1].is_member());
  EXPECT_EQ(watched[1].owner, name_of("mx1.example.com"));
}

TEST(Builder, APoolOfMxNeedsMxAndHasSixtyFourAtTheMost) {
  const std::vector<dns::Name> mx_pools{name_of("mail.example.com")};
  const auto load = [&](const std::string& tail) {
    return load_zone({name_of("example.com"), "zone", {}, mx_pools},
                     [&](const std::string&) -> Result<std::string> { return kHead + tail; });
  };
  EXPECT_THAT(lines(load("mail A 192.0.2.3\n")),
              ElementsAre("zone: warning: pool mail.example.com is ignored: it has no MX record in "
                          "zone; for its addresses, remove \"records: MX\""));
  EXPECT_THAT(
      lines(load("$GENERATE 1-65 mail MX \"$ ns1\"\n")),
      ElementsAre(
          "zone:5:1: error: pool mail.example.com has 65 MX records: at most 64 are allowed"));
}

TEST(Builder, RecordsFollowAPoolThatIsAWildcard) {
  const LoadReport report = load_tail(
      "*.w A 192.0.2.2\nthere.w TXT x\nsub.w NS ns1\n@ MX 10 any.thing.w\n@ MX 20 there.w\n"
      "@ MX 30 below.there.w\n@ MX 40 x.sub.w\n@ MX 50 *.w\n@ MX 60 out.example.org.\n",
      {name_of("*.w.example.com")});
  ASSERT_NE(report.zone, nullptr) << testing::PrintToString(lines(report));
  const WatchedRrset& mx = report.zone->watched()[0];
  ASSERT_EQ(mx.type, dns::Type::MX);
  ASSERT_EQ(mx.records.size(), 6U);
  std::vector<bool> follows;
  for (const WatchedRecord& record : mx.records) follows.push_back(record.target.has_value());
  // In canonical order of RDATA: by preference.
  EXPECT_THAT(follows, ElementsAre(true, false, false, false, true, false));
  EXPECT_EQ(mx.records[0].target, name_of("*.w.example.com"));
}

TEST(Builder, APoolWithoutAddressesIsIgnored) {
  const LoadReport report = load_tail("www TXT x\n", {name_of("www.example.com")});
  ASSERT_NE(report.zone, nullptr);
  EXPECT_TRUE(report.zone->watched().empty());
  EXPECT_THAT(
      lines(report),
      ElementsAre(
          "zone: warning: pool www.example.com is ignored: it has no A or AAAA record in zone"));
}

TEST(Builder, APoolHasSixtyFourMembersAtTheMost) {
  const std::vector<dns::Name> pools{name_of("www.example.com")};
  const LoadReport most = load_tail("$GENERATE 1-64 www A 192.0.2.$\n", pools);
  ASSERT_NE(most.zone, nullptr);
  EXPECT_EQ(most.zone->watch_table().mask(0), ~std::uint64_t{0});
  const LoadReport more = load_tail("$GENERATE 1-64 www A 192.0.2.$\nwww A 192.0.2.65\n", pools);
  EXPECT_EQ(more.zone, nullptr);
  EXPECT_THAT(
      lines(more),
      ElementsAre(
          "zone:6:1: error: pool www.example.com has 65 A records: at most 64 are allowed"));
}

TEST(Builder, TooManyFollowersAreLeftUnwatchedWithAWarning) {
  const LoadReport report =
      load_tail("www A 192.0.2.2\n$GENERATE 1-65 @ MX \"$ www\"\n", {name_of("www.example.com")});
  ASSERT_NE(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre("zone:6:1: warning: example.com has 65 MX records: more "
                                         "than 64 do not follow their pools"));
  EXPECT_FALSE(apex_of(*report.zone).find(dns::Type::MX)->watched());
  EXPECT_EQ(report.zone->watched().size(), 1U);
}

TEST(Builder, DuplicatesDifferingInTheCaseOfNamesAreOne) {
  const LoadReport report = load_tail("a MX 1 ns1\nA MX 1 NS1\na TXT x\na TXT X\n");
  ASSERT_NE(report.zone, nullptr);
  const NodeHeader* node = find_node(*report.zone, "a.example.com");
  EXPECT_EQ(node->find(dns::Type::MX)->count, 1);
  EXPECT_EQ(node->find(dns::Type::TXT)->count, 2);  // texts have case
}

TEST(Builder, AnRrsetThatNoMessageHoldsIsRefused) {
  std::string tail;  // records of 12 + 205 octets
  for (unsigned i = 0; i < 296; ++i) {
    tail += "big TXT " + std::to_string(1000 + i) + std::string(200, 'x') + "\n";
  }
  EXPECT_THAT(lines(load_tail(tail)), ElementsAre());
  const LoadReport report = load_tail(tail + "big TXT " + std::string(204, 'y') + "\n");
  EXPECT_EQ(report.zone, nullptr);
  EXPECT_THAT(lines(report),
              ElementsAre("zone:301:1: error: the TXT records of big.example.com take 64449 "
                          "octets, more than a message can hold (at most 64392)"));
}

TEST(Builder, TheLargestRrset) {
  constexpr std::size_t kMost = 64392;  // octets of one record behind its header of 12
  const auto record = [](std::size_t octets) {
    return "big TYPE65280 \\# " + std::to_string(octets) + " " + std::string(2 * octets, '0') +
           "\n";
  };
  EXPECT_NE(load_tail(record(kMost - 12)).zone, nullptr);
  EXPECT_THAT(lines(load_tail("a A 192.0.2.2\n" + record(kMost - 11))),
              ElementsAre("zone:6:1: error: the TYPE65280 records of big.example.com take 64393 "
                          "octets, more than a message can hold (at most 64392)"));
}

}  // namespace
}  // namespace rollcall::zone
