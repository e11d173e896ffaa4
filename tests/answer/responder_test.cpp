#include "answer/responder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answer/resolve.hpp"
#include "answer/served_zones.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;
using dns::Type;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kZone = R"($TTL 300
@ SOA ns1 root 7 3600 600 86400 60
@ NS ns1
@ NS ns.elsewhere.net.
@ MX 10 mail
@ MX 20 mail.elsewhere.net.
ns1 A 192.0.2.1
mail A 192.0.2.2
mail AAAA 2001:db8::2
www 1 A 192.0.2.11
www 1 A 192.0.2.12
www 1 A 192.0.2.13
alias CNAME www
far CNAME www.other.test.
chain CNAME chain2
chain2 CNAME alias
loop CNAME loop2
loop2 CNAME loop
dangling CNAME nowhere
out CNAME www.elsewhere.net.
a.b.ent TXT "below an empty non-terminal"
*.wild TXT "any"
*.wild MX 5 mail
host.wild A 192.0.2.9
*.alias.wild CNAME www
sub NS ns.sub
sub NS ns2.sub
sub DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub A 192.0.2.21
ns2.sub AAAA 2001:db8::22
_sip._tcp SRV 1 2 5060 mail
tree DNAME new.other.test.
t DNAME a-longer-name.other.test.
)";

constexpr const char* kOther = R"($TTL 30
@ SOA ns root 1 2 3 4 5
@ NS ns.example.com.
www A 198.51.100.1
host.new A 198.51.100.2
)";

class ResponderTest : public testing::Test {
 protected:
  zone::Catalog catalog_ = load_catalog({{"example.com", kZone}, {"other.test", kOther}});
  const std::string soa_ =
      "example.com. 60 SOA ns1.example.com. root.example.com. 7 3600 600 86400 60";

  Response ask_for(std::string name, Type type = Type::A) {
    return ask(catalog_, {.name = std::move(name), .type = type});
  }
};

TEST_F(ResponderTest, AnswersWhatIsThere) {
  const Response r = ask_for("www.example.com");
  EXPECT_EQ(r.id, 0x1234);
  EXPECT_EQ(r.rcode, 0U);
  EXPECT_TRUE(r.aa());
  EXPECT_TRUE(r.flags & dns::flag::kQr);
  EXPECT_TRUE(r.flags & dns::flag::kRd);
  EXPECT_FALSE(r.flags & 0x0080) << "no recursion is offered";
  EXPECT_TRUE(r.opt);
  EXPECT_THAT(r.answer, UnorderedElementsAre("www.example.com. 1 A 192.0.2.11",
                                             "www.example.com. 1 A 192.0.2.12",
                                             "www.example.com. 1 A 192.0.2.13"));
  EXPECT_THAT(r.authority, IsEmpty());
}

TEST_F(ResponderTest, KeepsTheQuestionsCase) {
  const std::vector<std::uint8_t> query = make_query({.name = "WwW.eXample.COM"});
  std::vector<std::uint8_t> out(1232);
  Random random(1);
  const std::size_t size = Responder({}).answer(catalog_, query, out, {.now = kNow}, random).size;
  ASSERT_GT(size, query.size());
  EXPECT_TRUE(std::equal(query.begin() + 12, query.begin() + 12 + 21, out.begin() + 12));
  EXPECT_EQ(read_response(Bytes(out).first(size)).answer.size(), 3U);
}

TEST_F(ResponderTest, TellsWhatBecameOfARequest) {
  const struct {
    std::string name;
    Type type;
    Transport transport;
    Rcode rcode;
    bool truncated;
    std::string zone;
  } rows[] = {
      {"www.example.com", Type::A, Transport::udp, Rcode::noerror, false, "example.com"},
      {"no.other.test", Type::A, Transport::udp, Rcode::nxdomain, false, "other.test"},
      {"far.example.com", Type::A, Transport::udp, Rcode::noerror, false, "example.com"},
      {"elsewhere.net", Type::A, Transport::udp, Rcode::refused, false, ""},
      {"big.example.com", Type::TXT, Transport::udp, Rcode::noerror, true, "example.com"},
      {"big.example.com", Type::TXT, Transport::tcp, Rcode::noerror, false, "example.com"},
  };
  const std::string big = "\nbig TXT \"" + std::string(250, 'x') + "\" \"" + std::string(250, 'y') +
                          "\" \"" + std::string(250, 'z') + "\"\n";
  const zone::Catalog catalog =
      load_catalog({{"example.com", kZone + big}, {"other.test", kOther}});
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Octets query =
        make_query({.name = row.name, .type = row.type, .edns_size = std::nullopt});
    const Request request = as_read(catalog, query);
    Octets out(dns::kMaxMessageSize);
    Random random(1);
    const Answered answered = Responder({}).answer(catalog, request, out,
                                                   {row.transport, kClient.octets(), kNow}, random);
    const Response response = read_response(Bytes(out).first(answered.size));
    EXPECT_EQ(answered.rcode, row.rcode);
    EXPECT_EQ(response.rcode, static_cast<unsigned>(row.rcode));
    EXPECT_EQ(answered.truncated, row.truncated);
    EXPECT_EQ(response.tc(), row.truncated);
    EXPECT_EQ(answered.zone ? answered.zone->origin.to_display() : "", row.zone);
    // Whoever counts or logs it reads the question after the answer.
    EXPECT_EQ(as_text(request.query.name.suffix(0)),
              as_text(as_read(catalog, query).query.name.suffix(0)));
  }
}

TEST_F(ResponderTest, EveryRecordOfASetLeadsEquallyOften) {
  std::map<std::string, int> first;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    ++first[ask(catalog_, {.name = "www.example.com"}, Transport::udp, seed).answer.at(0)];
  }
  ASSERT_EQ(first.size(), 3U);
  for (const auto& [record, count] : first) EXPECT_NEAR(count, 1000, 120) << record;
}

TEST_F(ResponderTest, AddsTheAddressesOfInZoneTargets) {
  const Response mx = ask_for("example.com", Type::MX);
  EXPECT_THAT(mx.answer, UnorderedElementsAre("example.com. 300 MX 10 mail.example.com.",
                                              "example.com. 300 MX 20 mail.elsewhere.net."));
  EXPECT_THAT(mx.additional, UnorderedElementsAre("mail.example.com. 300 A 192.0.2.2",
                                                  "mail.example.com. 300 AAAA 2001:db8::2"));
  const Response srv = ask_for("_sip._tcp.example.com", Type::SRV);
  EXPECT_THAT(srv.answer, ElementsAre("_sip._tcp.example.com. 300 SRV 1 2 5060 mail.example.com."));
  EXPECT_EQ(srv.additional.size(), 2U);
}

TEST_F(ResponderTest, SaysNodataWithTheSoa) {
  for (const char* name : {"www.example.com", "ent.example.com", "b.ent.example.com"}) {
    const Response r = ask_for(name, Type::AAAA);
    EXPECT_EQ(r.rcode, 0U) << name;
    EXPECT_TRUE(r.aa());
    EXPECT_THAT(r.answer, IsEmpty());
    EXPECT_THAT(r.authority, ElementsAre(soa_)) << "the TTL is min(TTL, MINIMUM), RFC 2308 5";
  }
}

TEST_F(ResponderTest, SaysNxdomainWithTheSoa) {
  for (const char* name : {"nowhere.example.com", "a.www.example.com", "x.ent.example.com"}) {
    const Response r = ask_for(name);
    EXPECT_EQ(r.rcode, static_cast<unsigned>(Rcode::nxdomain)) << name;
    EXPECT_TRUE(r.aa());
    EXPECT_THAT(r.authority, ElementsAre(soa_));
  }
}

TEST_F(ResponderTest, FollowsCnames) {
  const Response r = ask_for("chain.example.com");
  ASSERT_EQ(r.answer.size(), 6U);
  EXPECT_EQ(r.answer[0], "chain.example.com. 300 CNAME chain2.example.com.");
  EXPECT_EQ(r.answer[1], "chain2.example.com. 300 CNAME alias.example.com.");
  EXPECT_EQ(r.answer[2], "alias.example.com. 300 CNAME www.example.com.");
  EXPECT_THAT(
      std::vector(r.answer.begin() + 3, r.answer.end()),
      UnorderedElementsAre("www.example.com. 1 A 192.0.2.11", "www.example.com. 1 A 192.0.2.12",
                           "www.example.com. 1 A 192.0.2.13"));
}

TEST_F(ResponderTest, FollowsCnamesIntoOtherZonesServedHere) {
  EXPECT_THAT(ask_for("far.example.com").answer,
              ElementsAre("far.example.com. 300 CNAME www.other.test.",
                          "www.other.test. 30 A 198.51.100.1"));
}

TEST_F(ResponderTest, StopsWhereAChainLeavesOrLoops) {
  EXPECT_THAT(ask_for("out.example.com").answer,
              ElementsAre("out.example.com. 300 CNAME www.elsewhere.net."));
  const Response loop = ask_for("loop.example.com");
  EXPECT_EQ(loop.rcode, 0U);
  EXPECT_EQ(loop.answer.size(), 2U) << "each record of the loop once";
}

TEST_F(ResponderTest, FollowsAChainOnlySoFar) {
  std::string text = "$TTL 1\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
  for (int i = 0; i < 20; ++i) {
    text += "c" + std::to_string(i) + " CNAME c" + std::to_string(i + 1) + "\n";
  }
  const Response r = ask(load_catalog({{"example.com", text}}), {.name = "c0.example.com"});
  EXPECT_EQ(r.rcode, 0U);
  EXPECT_EQ(r.answer.size(), kMaxChain + 1U);
}

TEST_F(ResponderTest, GivesTheRcodeOfTheLastName) {
  const Response r = ask_for("dangling.example.com");  // RFC 6604 section 3
  EXPECT_EQ(r.rcode, static_cast<unsigned>(Rcode::nxdomain));
  EXPECT_EQ(r.answer.size(), 1U);
  EXPECT_THAT(r.authority, ElementsAre(soa_));
}

TEST_F(ResponderTest, AnswersACnameItself) {
  EXPECT_THAT(ask_for("alias.example.com", Type::CNAME).answer,
              ElementsAre("alias.example.com. 300 CNAME www.example.com."));
}

TEST_F(ResponderTest, SynthesisesFromWildcards) {
  EXPECT_THAT(ask_for("a.b.wild.example.com", Type::TXT).answer,
              ElementsAre("a.b.wild.example.com. 300 TXT \"any\""));
  EXPECT_THAT(ask_for("x.wild.example.com", Type::MX).answer,
              ElementsAre("x.wild.example.com. 300 MX 5 mail.example.com."));
  EXPECT_EQ(ask_for("x.alias.wild.example.com").answer.at(0),
            "x.alias.wild.example.com. 300 CNAME www.example.com.");
  // RFC 4592 section 2.2.1: a name that exists is not covered, nor is what is below it.
  EXPECT_THAT(ask_for("host.wild.example.com", Type::TXT).answer, IsEmpty());
  EXPECT_EQ(ask_for("x.host.wild.example.com", Type::TXT).rcode,
            static_cast<unsigned>(Rcode::nxdomain));
  EXPECT_EQ(ask_for("x.wild.example.com", Type::AAAA).rcode, 0U);
}

TEST_F(ResponderTest, RefersBelowACut) {
  for (const char* name : {"sub.example.com", "a.sub.example.com", "ns.sub.example.com"}) {
    const Response r = ask_for(name);
    EXPECT_FALSE(r.aa()) << name;
    EXPECT_THAT(r.answer, IsEmpty());
    EXPECT_THAT(r.authority, UnorderedElementsAre("sub.example.com. 300 NS ns.sub.example.com.",
                                                  "sub.example.com. 300 NS ns2.sub.example.com."));
    EXPECT_THAT(r.additional, UnorderedElementsAre("ns.sub.example.com. 300 A 192.0.2.21",
                                                   "ns2.sub.example.com. 300 AAAA 2001:db8::22"));
  }
}

TEST_F(ResponderTest, AnswersDsAtACutFromTheParent) {
  const Response r = ask_for("sub.example.com", Type::DS);
  EXPECT_TRUE(r.aa());
  EXPECT_EQ(r.answer.size(), 1U);
}

TEST_F(ResponderTest, RewritesBelowADname) {
  const Response r = ask_for("host.tree.example.com");
  EXPECT_THAT(r.answer, ElementsAre("tree.example.com. 300 DNAME new.other.test.",
                                    "host.tree.example.com. 300 CNAME host.new.other.test.",
                                    "host.new.other.test. 30 A 198.51.100.2"));
}

TEST_F(ResponderTest, SaysYxdomainWhereARewrittenNameIsTooLong) {
  const std::string label(63, 'x');
  const std::string head = label + "." + label + "." + label + "." + std::string(42, 'y');
  EXPECT_EQ(ask_for(head + ".tree.example.com").rcode, static_cast<unsigned>(Rcode::nxdomain));
  const Response r = ask_for(head + ".t.example.com");  // RFC 6672 section 2.2
  EXPECT_EQ(r.rcode, static_cast<unsigned>(Rcode::yxdomain));
  EXPECT_THAT(r.answer, ElementsAre("t.example.com. 300 DNAME a-longer-name.other.test."));
}

TEST_F(ResponderTest, RefusesWhatIsNotHere) {
  const Response r = ask_for("www.elsewhere.net");
  EXPECT_EQ(r.rcode, static_cast<unsigned>(Rcode::refused));
  EXPECT_FALSE(r.aa());
  EXPECT_TRUE(r.opt);
  EXPECT_EQ(ask(catalog_, {.name = "example.com", .qclass = dns::Class::CH}).rcode,
            static_cast<unsigned>(Rcode::refused));
}

TEST_F(ResponderTest, SaysServfailForAZoneWithoutContent) {
  const zone::Catalog empty({{name_of("example.com"), nullptr, nullptr}});
  EXPECT_EQ(ask(empty, {.name = "www.example.com"}).rcode, static_cast<unsigned>(Rcode::servfail));
}

TEST_F(ResponderTest, AnswersAnyWithHinfo) {
  EXPECT_THAT(ask_for("www.example.com", Type::ANY).answer,
              ElementsAre("www.example.com. 3600 HINFO \"RFC8482\" \"\""));
}

TEST_F(ResponderTest, SaysBadversToAnUnknownEdnsVersion) {
  std::vector<std::uint8_t> query = make_query({.name = "www.example.com"});
  query[query.size() - 5] = 1;  // VERSION: the second octet of OPT's TTL
  std::vector<std::uint8_t> out(1232);
  Random random(1);
  const std::size_t size = Responder({}).answer(catalog_, query, out, {.now = kNow}, random).size;
  const Response r = read_response(Bytes(out).first(size));
  EXPECT_EQ(r.rcode, static_cast<unsigned>(Rcode::badvers));
  EXPECT_THAT(r.answer, IsEmpty());
}

TEST_F(ResponderTest, LeavesOutDeadMembersAndSharesFirstPlaceAmongTheLiving) {
  const zone::Catalog catalog = load_catalog({{"example.com", kZone, {"www.example.com"}}});
  const zone::Zone& zone = *catalog.entry(0).zone;
  ASSERT_EQ(zone.watched().size(), 1U);
  zone.watch_table().apply(std::vector<zone::MaskChange>{{WatchId{0}, 0b101}}, 8);
  std::map<std::string, int> first;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const Response r = ask(catalog, {.name = "www.example.com"}, Transport::udp, seed);
    ASSERT_EQ(r.answer.size(), 2U);
    ++first[r.answer[0]];
  }
  ASSERT_EQ(first.size(), 2U);
  for (const auto& [record, count] : first) EXPECT_NEAR(count, 1000, 120) << record;
  EXPECT_THAT(ask(catalog, {.name = "example.com", .type = Type::SOA}).answer,
              ElementsAre("example.com. 300 SOA ns1.example.com. root.example.com. 8 3600 600 "
                          "86400 60"));
}

TEST_F(ResponderTest, SaysNodataForAPoolThatFailedClosed) {
  const zone::Catalog catalog = load_catalog({{"example.com", kZone, {"www.example.com"}}});
  catalog.entry(0).zone->watch_table().apply(std::vector<zone::MaskChange>{{WatchId{0}, 0}}, 8);
  const Response r = ask(catalog, {.name = "www.example.com"});
  EXPECT_EQ(r.rcode, 0U);
  EXPECT_THAT(r.answer, IsEmpty());
  EXPECT_EQ(r.authority.size(), 1U);
}

/// A zone with an RRset of `count` records of 16 octets.
zone::Catalog wide_zone(unsigned count) {
  std::string text = "$TTL 1\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
  for (unsigned i = 0; i < count; ++i) {
    text += "wide A 192.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
  }
  return load_catalog({{"example.com", text}});
}

TEST(Truncation, LeavesTheWholeRrsetOutAndSetsTc) {
  const zone::Catalog catalog = wide_zone(80);
  const Response classic = ask(catalog, {.name = "wide.example.com", .edns_size = std::nullopt});
  EXPECT_TRUE(classic.tc());
  EXPECT_LE(classic.size, 512U);
  EXPECT_THAT(classic.answer, IsEmpty());
  const Response large = ask(catalog, {.name = "wide.example.com", .edns_size = 4096});
  EXPECT_TRUE(large.tc()) << "our own limit is 1232 octets";
  EXPECT_LE(large.size, 1232U);
  const Response tcp = ask(catalog, {.name = "wide.example.com"}, Transport::tcp);
  EXPECT_FALSE(tcp.tc());
  EXPECT_EQ(tcp.answer.size(), 80U);
}

TEST(Truncation, TakesEdnsSizesBelow512As512) {
  const Response r = ask(wide_zone(25), {.name = "wide.example.com", .edns_size = 100});
  EXPECT_FALSE(r.tc());
  EXPECT_EQ(r.answer.size(), 25U);
}

TEST(RootZone, IsServed) {
  const zone::Catalog catalog = load_catalog(
      {{".",
        "$TTL 9\n. SOA ns. root. 1 2 3 4 5\n. NS ns.\nns. A 192.0.2.1\ncom. NS ns.com.\n"
        "ns.com. A 192.0.2.2\n"}});
  EXPECT_THAT(ask(catalog, {.name = ".", .type = Type::NS}).answer, ElementsAre(". 9 NS ns."));
  EXPECT_EQ(ask(catalog, {.name = "www.example.com"}).authority.at(0), "com. 9 NS ns.com.");
  EXPECT_EQ(ask(catalog, {.name = "nowhere"}).rcode, static_cast<unsigned>(Rcode::nxdomain));
}

}  // namespace
}  // namespace rollcall::answer
