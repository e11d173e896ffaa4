#include "zone/semantic_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct CheckedZone {
  const char* what;
  const char* tail;  // begins at line 5
  const char* said;
};

class RefusedZone : public testing::TestWithParam<CheckedZone> {};
class AcceptedZone : public testing::TestWithParam<CheckedZone> {};

TEST_P(RefusedZone, SaysWhyAndWhere) {
  const LoadReport report = load_tail(GetParam().tail);
  EXPECT_EQ(report.zone, nullptr) << GetParam().what;
  EXPECT_THAT(lines(report), ElementsAre(GetParam().said));
}

TEST_P(AcceptedZone, IsWarnedOf) {
  const LoadReport report = load_tail(GetParam().tail);
  EXPECT_NE(report.zone, nullptr) << GetParam().what;
  EXPECT_THAT(lines(report), ElementsAre(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedZone,
    testing::Values(
        CheckedZone{"two SOA", "@ SOA ns2 root 1 2 3 4 5\n",
                    "zone:5:1: error: zone example.com has 2 SOA records: expected one"},
        CheckedZone{
            "SOA below", "a SOA ns1 root 1 2 3 4 5\n",
            "zone:5:1: error: SOA record at a.example.com: expected it at the apex, example.com"},
        CheckedZone{"CNAME and other", "ns1 TXT x\na CNAME ns1\na TXT x\n",
                    "zone:7:1: error: a.example.com has a CNAME and other data (TXT)"},
        CheckedZone{"other and CNAME", "a TXT x\na CNAME ns1\n",
                    "zone:6:1: error: a.example.com has a CNAME and other data (TXT)"},
        CheckedZone{"CNAME and DNAME", "a DNAME b\na CNAME ns1\n",
                    "zone:6:1: error: a.example.com has a CNAME and other data (DNAME)"},
        CheckedZone{"two CNAME", "a CNAME b\na CNAME c\n",
                    "zone:6:1: error: a.example.com has 2 CNAME records: expected one"},
        CheckedZone{"two DNAME", "a DNAME b\na DNAME c\n",
                    "zone:6:1: error: a.example.com has 2 DNAME records: expected one"},
        CheckedZone{"wildcard NS", "* NS ns1\n",
                    "zone:5:1: error: *.example.com is a wildcard and must not have NS records"},
        CheckedZone{"apex NS alias", "@ NS ns2\nns2 CNAME ns1\n",
                    "zone:5:1: error: example.com NS ns2.example.com is a CNAME"},
        CheckedZone{"apex NS without address", "@ NS ns2\nns2 TXT x\n",
                    "zone:5:1: error: example.com NS ns2.example.com has no A or AAAA record"},
        CheckedZone{"apex NS that is not", "@ NS ns2\n",
                    "zone:5:1: error: example.com NS ns2.example.com has no A or AAAA record"},
        CheckedZone{"apex NS below DNAME", "@ NS ns.d\nd DNAME x.\n",
                    "zone:5:1: error: example.com NS ns.d.example.com is below a DNAME"}));

INSTANTIATE_TEST_SUITE_P(
    All, AcceptedZone,
    testing::Values(
        CheckedZone{
            "delegation without address", "sub NS ns.foo\n",
            "zone:5:1: warning: sub.example.com NS ns.foo.example.com has no A or AAAA record"},
        CheckedZone{
            "delegation without glue", "sub NS ns.sub\n",
            "zone:5:1: warning: sub.example.com NS ns.sub.example.com has no glue: expected an A "
            "or AAAA record for it"},
        CheckedZone{
            "delegation without sibling glue", "sub NS ns.other\nother NS x.\n",
            "zone:5:1: warning: sub.example.com NS ns.other.example.com has no glue: expected an "
            "A or AAAA record for it"},
        CheckedZone{"delegation to an alias", "sub NS x\nx CNAME ns1\n",
                    "zone:5:1: warning: sub.example.com NS x.example.com is a CNAME"},
        CheckedZone{"MX to an alias", "@ MX 1 x\nx CNAME ns1\n",
                    "zone:5:1: warning: example.com MX x.example.com is a CNAME"},
        CheckedZone{"MX to nothing", "@ MX 1 x\n",
                    "zone:5:1: warning: example.com MX x.example.com has no A or AAAA record"},
        CheckedZone{"MX below DNAME", "@ MX 1 x.d\nd DNAME y.\n",
                    "zone:5:1: warning: example.com MX x.d.example.com is below a DNAME"},
        CheckedZone{"SRV to an alias", "_a._tcp SRV 0 0 1 x\nx CNAME ns1\n",
                    "zone:5:1: warning: _a._tcp.example.com SRV x.example.com is a CNAME"},
        CheckedZone{"HTTPS to nothing", "a HTTPS 1 x\n",
                    "zone:5:1: warning: a.example.com HTTPS x.example.com has no A or AAAA record"},
        CheckedZone{"SVCB alias to nothing", "a SVCB 0 x\nx HTTPS 1 ns1\n",
                    "zone:5:1: warning: a.example.com SVCB x.example.com has no A or AAAA record"},
        CheckedZone{
            "SVCB of its owner without address", "_a.a SVCB 1 .\na A 192.0.2.2\n",
            "zone:5:1: warning: _a.a.example.com SVCB _a.a.example.com has no A or AAAA record"},
        CheckedZone{"out of zone", "example.org. A 192.0.2.2\n",
                    "zone:5:1: warning: example.org is outside zone example.com: ignored"},
        CheckedZone{
            "TTLs differ", "a 5 A 192.0.2.2\na 6 A 192.0.2.3\n",
            "zone:6:1: warning: the TTLs of the A records at one name differ: using the lowest, 5"},
        CheckedZone{"duplicate", "a MX 1 ns1\na MX 1 NS1.EXAMPLE.com.\n",
                    "zone:6:1: warning: duplicate MX record ignored"}));

TEST(SemanticCheck, WhatBindSaysNothingAboutIsSilentHere) {
  for (const char* tail : {
           "@ MX 0 .\n",                     // RFC 7505
           "@ MX 0 a.b\n*.b A 192.0.2.2\n",  // a wildcard has the address
           "@ MX 0 a.b\nb NS ns1\n",         // another zone's
           "sub NS ns1\na.sub MX 0 nope\n",  // occluded
           "sub NS ns1\na.sub NS nope\n",    // occluded
           "sub NS ns.sub\nns.sub AAAA 2001:db8::1\n",
           "@ NS ns.sub\nsub NS x.\n",    // the apex's NS in another zone
           "a CNAME b\n",                 // an alias to nothing
           "a HTTPS 1 x\nx CNAME ns1\n",  // RFC 9460 section 2.4.2: clients follow it
           "a HTTPS 1 .\na AAAA 2001:db8::1\n",
           "a HTTPS 1 x.d\nd DNAME y.\n",
           "a SVCB 0 .\n",                // no such service
           "a SVCB 0 x\nx SVCB 1 ns1\n",  // an alias to a service
           "a SVCB 1 x.example.org.\n",
           "*.b A 192.0.2.2\na HTTPS 1 a.b\n",
           "sub NS ns1\na.sub HTTPS 1 nope\n",  // occluded
           "d DNAME example.org.\nx.d A 192.0.2.2\n",
       }) {
    const LoadReport report = load_tail(tail);
    EXPECT_NE(report.zone, nullptr) << tail;
    EXPECT_THAT(lines(report), IsEmpty()) << tail;
  }
}

TEST(SemanticCheck, AZoneWithoutSoaOrNsIsRefused) {
  const LoadReport report = load_text("example.com", "$TTL 5\na A 192.0.2.1\n");
  EXPECT_EQ(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre("zone: error: zone example.com has no SOA record",
                                         "zone: error: zone example.com has no NS record at its "
                                         "apex"));
}

TEST(SemanticCheck, ASignedZoneIsWarnedOfOnce) {
  const std::string times = " 13 2 60 20380101000000 20200101000000 1 example.com. AAAA\n";
  const LoadReport report =
      load_tail("a TXT x\na RRSIG TXT" + times + "@ RRSIG SOA" + times + "@ RRSIG NS" + times);
  EXPECT_NE(report.zone, nullptr);
  EXPECT_THAT(lines(report),
              ElementsAre("zone:7:1: warning: zone example.com is signed, but its answers carry no "
                          "DNSSEC proofs: validating resolvers fail while the parent zone has a DS "
                          "record for it"));
}

TEST(SemanticCheck, TheLowestTtlServesTheRrset) {
  const LoadReport report = load_tail("a 9 A 192.0.2.2\na 6 A 192.0.2.3\na 7 A 192.0.2.4\n");
  ASSERT_NE(report.zone, nullptr);
  const RrsetHeader* rrset = find_node(*report.zone, "a.example.com")->find(dns::Type::A);
  EXPECT_EQ(rrset->ttl, 6U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(load_u32(rrset->records().data() + i * 16 + 6), 6U);
}

}  // namespace
}  // namespace rollcall::zone
