/// Slips in zone files: what is said of them, as people read it.
#include "zone/slips.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Slip {
  const char* tail;  // begins at line 5
  const char* said;
};

class WarnedSlip : public testing::TestWithParam<Slip> {};
class RefusedSlip : public testing::TestWithParam<Slip> {};

TEST_P(WarnedSlip, IsServedAndTold) {
  const LoadReport report = load_tail(GetParam().tail);
  EXPECT_NE(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre(std::string("zone:") + GetParam().said))
      << GetParam().tail;
}

TEST_P(RefusedSlip, IsTold) {
  const LoadReport report = load_tail(GetParam().tail);
  EXPECT_EQ(report.zone, nullptr);
  EXPECT_THAT(lines(report), ElementsAre(std::string("zone:") + GetParam().said))
      << GetParam().tail;
}

INSTANTIATE_TEST_SUITE_P(
    FinalDots, WarnedSlip,
    testing::Values(
        Slip{"www.example.com A 192.0.2.2\n",
             "5:1: warning: the owner is www.example.com.example.com: the final dot after "
             "\"www.example.com\" may be missing"},
        Slip{"@ MX 10 mail.example.com\n",
             "5:1: warning: example.com MX mail.example.com.example.com has no A or AAAA record: "
             "the final dot after \"mail.example.com\" may be missing"},
        Slip{"@ MX 10 mx.example.net\n",
             "5:1: warning: example.com MX mx.example.net.example.com has no A or AAAA record: the "
             "final dot after \"mx.example.net\" may be missing"},
        Slip{"a CNAME www.example.com\n",
             "5:1: warning: a.example.com CNAME www.example.com.example.com is not in the zone: "
             "the final dot after \"www.example.com\" may be missing"},
        Slip{"a CNAME x.example.org\n",
             "5:1: warning: a.example.com CNAME x.example.org.example.com is not in the zone: the "
             "final dot after \"x.example.org\" may be missing"},
        Slip{"_s._tcp SRV 0 0 1 www.Example.COM\n",
             "5:1: warning: _s._tcp.example.com SRV www.Example.COM.example.com has no A or AAAA "
             "record: the final dot after \"www.example.com\" may be missing"}));

INSTANTIATE_TEST_SUITE_P(
    Addresses, WarnedSlip,
    testing::Values(
        Slip{"@ MX 10 192.0.2.1\n",
             "5:1: warning: example.com MX 192.0.2.1 is an address: expected the name of a host"},
        Slip{"@ MX 10 192.0.2.1.\n",
             "5:1: warning: example.com MX 192.0.2.1 is an address: expected the name of a host"},
        Slip{"a CNAME 192.0.2.1\n",
             "5:1: warning: a.example.com CNAME 192.0.2.1 is an address: expected the name of a "
             "host"},
        Slip{"a CNAME 2001:db8::1\n",
             "5:1: warning: a.example.com CNAME 2001:db8::1 is an address: expected the name of a "
             "host"},
        Slip{
            "_s._tcp SRV 0 0 1 192.0.2.1\n",
            "5:1: warning: _s._tcp.example.com SRV 192.0.2.1 is an address: expected the name of a "
            "host"},
        Slip{"sub NS 192.0.2.1\n",
             "5:1: warning: sub.example.com NS 192.0.2.1 is an address: expected the name of a "
             "host"}));

INSTANTIATE_TEST_SUITE_P(
    Comments, WarnedSlip,
    testing::Values(
        Slip{"a TXT v=DKIM1; k=rsa; p=AAAA\n",
             "5:14: warning: \";\" begins a comment here and truncates the text: put the text in "
             "quotes"},
        Slip{"a CAA 0 issue ca.example;policy=ev\n",
             "5:25: warning: \";\" begins a comment here and truncates the text: put the text in "
             "quotes"},
        Slip{"#www A 192.0.2.2\n",
             "5:1: warning: #www.example.com is read as a name: a comment begins with \";\" in a "
             "zone file"},
        Slip{"//www A 192.0.2.2\n",
             "5:1: warning: //www.example.com is read as a name: a comment begins with \";\" in a "
             "zone file"}));

INSTANTIATE_TEST_SUITE_P(
    All, RefusedSlip,
    testing::Values(
        Slip{"@ NS 192.0.2.1\n",
             "5:1: error: example.com NS 192.0.2.1 is an address: expected the name of a host"},
        Slip{"# the web\n",
             "5:3: error: expected a record type, found \"the\"; a comment begins with \";\" in a "
             "zone file"},
        Slip{"// the web\n",
             "5:4: error: expected a record type, found \"the\"; a comment begins with \";\" in a "
             "zone file"},
        Slip{"a A 192.0.2.1 # the web\n",
             "5:15: error: expected the end of the A record, found \"#\"; a comment begins with "
             "\";\" in a zone file"},
        Slip{"a AAA ::1\n",
             "5:3: error: expected a record type, found \"AAA\", did you mean AAAA?"},
        Slip{"a CNMAE b\n",
             "5:3: error: expected a record type, found \"CNMAE\", did you mean CNAME?"},
        Slip{"a QUITEOTHER b\n", "5:3: error: expected a record type, found \"QUITEOTHER\""}));

TEST(Slips, WhatIsInOrderIsNotTold) {
  for (const char* tail : {
           "www.example.com A 192.0.2.2\n@ MX 1 www.example.com\n",  // told once, of the owner
       }) {
    EXPECT_THAT(lines(load_tail(tail)), ElementsAre(HasSubstr("the owner is")));
  }
  for (const char* tail :
       {"a TXT \"v=DKIM1; k=rsa\"\n", "a TXT x ; a comment\n", "a TXT \"x\";a comment\n",
        "a A 192.0.2.2;a comment\n", "a CNAME nothing\n", "a CNAME b.c.d\n",
        "com.example A 192.0.2.2\n", "a CNAME www.example.net.\n", "xexample.com.a TXT x\n",
        "@ MX 0 .\n", "a PTR b\n"}) {
    EXPECT_THAT(lines(load_tail(tail)), IsEmpty()) << tail;
  }
}

TEST(Slips, PointersOfAReverseZone) {
  const std::string head = "$TTL 60\n@ SOA a. a. 1 2 3 4 5\n@ NS a.example.\n";
  const LoadReport report = load_text("2.0.192.in-addr.arpa",
                                      head + "1 PTR a.example.\n2 PTR b.example\n3 CNAME 3.0/25\n");
  EXPECT_NE(report.zone, nullptr);
  EXPECT_THAT(lines(report),
              ElementsAre("zone:5:1: warning: 2.2.0.192.in-addr.arpa PTR "
                          "b.example.2.0.192.in-addr.arpa points into the reverse zone itself: the "
                          "final dot after \"b.example\" may be missing"));
}

TEST(Slips, APoolThatTheZoneHasNot) {
  const auto said = [](const char* tail, const char* pool) {
    return lines(load_tail(tail, {name_of(pool)}));
  };
  EXPECT_THAT(said("www A 192.0.2.2\n", "wwww.example.com"),
              ElementsAre(HasSubstr("has no A or AAAA record in zone, did you mean "
                                    "\"www.example.com\"?")));
  EXPECT_THAT(said("mail MX 1 ns1\n", "mail.example.com"),
              ElementsAre(HasSubstr("in zone; for its exchanges, add \"records: MX\"")));
  EXPECT_THAT(said("www CNAME ns1\n", "www.example.com"),
              ElementsAre(HasSubstr("in zone; it is an alias: make ns1.example.com the pool")));
  EXPECT_THAT(said("www TXT x\n", "www.example.com"), ElementsAre(testing::EndsWith("in zone")));
}

TEST(Slips, TheOriginTwice) {
  const auto twice = [](std::string_view name, std::string_view origin) {
    return has_origin_twice(name_of(name).wire(), name_of(origin).wire());
  };
  EXPECT_TRUE(twice("example.com.example.com", "example.com"));
  EXPECT_TRUE(twice("a.b.example.com.example.com", "example.com"));
  EXPECT_FALSE(twice("example.com", "example.com"));
  EXPECT_FALSE(twice("a.example.com", "example.com"));
  EXPECT_FALSE(twice("xexample.com.example.com", "example.com"));
  EXPECT_FALSE(twice("a.", "."));
}

}  // namespace
}  // namespace rollcall::zone
