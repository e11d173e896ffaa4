/// Watched RRsets are answered like plain ones wherever an answer may come upon them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_zones.hpp"

namespace rollcall::answer {
namespace {

using dns::Type;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kPools = R"($TTL 60
@ SOA ns root 7 2 3 4 5
@ NS ns
@ NS w
@ MX 10 w
@ MX 20 any.star
ns A 192.0.2.250
w A 192.0.2.1
w A 192.0.2.2
w A 192.0.2.3
w AAAA 2001:db8::1
w HTTPS 1 . alpn=h2
*.star A 192.0.2.11
*.star A 192.0.2.12
alias CNAME w
far CNAME alias.front.test.
d DNAME star
_s._tcp SRV 0 0 80 w
_s._tcp SRV 0 0 81 ns
svc SVCB 1 w port=1
sub NS ns1.sub
sub NS ns2.sub
ns1.sub A 192.0.2.21
ns1.sub A 192.0.2.22
ns2.sub A 192.0.2.23
post MX 10 m1
post MX 20 m2
m1 A 192.0.2.31
m2 A 192.0.2.32
)";

constexpr const char* kFront = R"($TTL 60
@ SOA ns root 1 2 3 4 5
@ NS ns
ns A 192.0.2.251
www CNAME far.pools.test.
alias CNAME w.pools.test.
d DNAME pools.test.
)";

/// front.test leads into pools.test, where four pools are.
class Watched : public testing::Test {
 protected:
  Watched() {
    std::vector<dns::Name> pools;
    for (const char* name : {"w.pools.test", "*.star.pools.test", "ns1.sub.pools.test"}) {
      pools.push_back(name_of(name));
    }
    const std::vector<dns::Name> mx_pools{name_of("post.pools.test")};
    const zone::LoadReport report =
        zone::load_zone({name_of("pools.test"), "zone", pools, mx_pools},
                        [](const std::string&) -> Result<std::string> { return kPools; });
    zone_ = report.zone;
    EXPECT_NE(zone_, nullptr);
    const zone::CatalogEntry front = load_entry({.origin = "front.test", .text = kFront});
    catalog_ = zone::Catalog({{name_of("pools.test"), zone_, front.transfer}, front});
  }

  void set(std::string_view owner, Type type, std::uint64_t mask) {
    for (const zone::WatchedRrset& rrset : zone_->watched()) {
      if (rrset.owner != name_of(owner) || rrset.type != type) continue;
      zone_->watch_table().apply(std::vector<zone::MaskChange>{{rrset.id, mask}}, ++serial_);
      return;
    }
    FAIL() << owner << " is not watched";
  }
  Response get(const std::string& name, Type type = Type::A) const {
    return ask(catalog_, {.name = name, .type = type});
  }

  std::uint32_t serial_ = 7;
  std::shared_ptr<const zone::Zone> zone_;
  zone::Catalog catalog_;
};

TEST_F(Watched, AtTheEndOfChainsThroughZones) {
  set("w.pools.test", Type::A, 0b100);
  const std::string pool = "w.pools.test. 60 A 192.0.2.3";
  EXPECT_THAT(get("w.pools.test").answer, ElementsAre(pool));
  EXPECT_THAT(get("alias.pools.test").answer,
              ElementsAre("alias.pools.test. 60 CNAME w.pools.test.", pool));
  EXPECT_THAT(get("www.front.test").answer,
              ElementsAre("www.front.test. 60 CNAME far.pools.test.",
                          "far.pools.test. 60 CNAME alias.front.test.",
                          "alias.front.test. 60 CNAME w.pools.test.", pool));
  EXPECT_THAT(get("w.d.front.test").answer,
              ElementsAre("d.front.test. 60 DNAME pools.test.",
                          "w.d.front.test. 60 CNAME w.pools.test.", pool));
}

TEST_F(Watched, AtTheEndOfChainsAPoolThatIsClosedIsNoData) {
  set("w.pools.test", Type::A, 0);
  for (const char* name :
       {"w.pools.test", "alias.pools.test", "www.front.test", "w.d.front.test"}) {
    const Response response = get(name);
    EXPECT_EQ(response.rcode, 0U) << name;
    for (const std::string& record : response.answer) {
      EXPECT_EQ(record.find(" A "), std::string::npos) << record;
    }
    EXPECT_THAT(response.authority,
                ElementsAre("pools.test. 5 SOA ns.pools.test. root.pools.test. 8 2 3 4 5"))
        << name;
  }
}

/// As the secondaries, whose zone has this record and no other one there.
TEST_F(Watched, AClosedPoolAloneAtItsNameHasThePlaceholder) {
  EXPECT_THAT(get("x.star.pools.test", Type::TXT).answer, IsEmpty());
  set("*.star.pools.test", Type::A, 0);
  const std::string placeholder = "60 TXT \"rollcall: no member is live\"";
  EXPECT_THAT(get("x.star.pools.test", Type::TXT).answer,
              ElementsAre("x.star.pools.test. " + placeholder));
  EXPECT_THAT(get("y.d.pools.test", Type::TXT).answer,
              ElementsAre("d.pools.test. 60 DNAME star.pools.test.",
                          "y.d.pools.test. 60 CNAME y.star.pools.test.",
                          "y.star.pools.test. " + placeholder));
  EXPECT_THAT(get("x.star.pools.test", Type::AAAA).answer, IsEmpty());
  set("w.pools.test", Type::A, 0);
  set("w.pools.test", Type::AAAA, 0);
  EXPECT_THAT(get("w.pools.test", Type::TXT).answer, IsEmpty()) << "it has HTTPS, too";
}

TEST_F(Watched, AsAWildcard) {
  set("*.star.pools.test", Type::A, 0b10);
  EXPECT_THAT(get("x.star.pools.test").answer, ElementsAre("x.star.pools.test. 60 A 192.0.2.12"));
  EXPECT_THAT(get("a.b.star.pools.test").answer,
              ElementsAre("a.b.star.pools.test. 60 A 192.0.2.12"));
  EXPECT_THAT(get("*.star.pools.test").answer, ElementsAre("*.star.pools.test. 60 A 192.0.2.12"));
  EXPECT_THAT(get("y.d.pools.test").answer,
              ElementsAre("d.pools.test. 60 DNAME star.pools.test.",
                          "y.d.pools.test. 60 CNAME y.star.pools.test.",
                          "y.star.pools.test. 60 A 192.0.2.12"));
  set("*.star.pools.test", Type::A, 0);
  const Response closed = get("x.star.pools.test");
  EXPECT_EQ(closed.rcode, 0U) << "the name is there";
  EXPECT_THAT(closed.answer, IsEmpty());
  EXPECT_EQ(closed.authority.size(), 1U);
}

TEST_F(Watched, InTheAdditionalSection) {
  set("w.pools.test", Type::A, 0b010);
  const std::string a = "w.pools.test. 60 A 192.0.2.2";
  const std::string aaaa = "w.pools.test. 60 AAAA 2001:db8::1";
  const std::string ns = "ns.pools.test. 60 A 192.0.2.250";
  EXPECT_THAT(get("pools.test", Type::MX).additional, UnorderedElementsAre(a, aaaa));
  EXPECT_THAT(get("pools.test", Type::NS).additional, UnorderedElementsAre(a, aaaa, ns));
  EXPECT_THAT(get("_s._tcp.pools.test", Type::SRV).additional, UnorderedElementsAre(a, aaaa, ns));
  EXPECT_THAT(get("svc.pools.test", Type::SVCB).additional, UnorderedElementsAre(a, aaaa));
  EXPECT_THAT(get("w.pools.test", Type::HTTPS).additional, UnorderedElementsAre(a, aaaa));
  set("w.pools.test", Type::A, 0);
  EXPECT_THAT(get("pools.test", Type::MX).additional, ElementsAre(aaaa));
}

TEST_F(Watched, FollowersTakeTheirAddressesWithThem) {
  set("pools.test", Type::MX, 0b10);
  const Response mx = get("pools.test", Type::MX);
  EXPECT_THAT(mx.answer, ElementsAre("pools.test. 60 MX 20 any.star.pools.test."));
  EXPECT_THAT(mx.additional, IsEmpty());
  set("_s._tcp.pools.test", Type::SRV, 0b10);
  const Response srv = get("_s._tcp.pools.test", Type::SRV);
  EXPECT_EQ(srv.answer.size(), 1U);
  EXPECT_EQ(srv.additional.size(), 1U);
}

TEST_F(Watched, AsAPoolOfMx) {
  set("post.pools.test", Type::MX, 0b01);
  const Response response = get("post.pools.test", Type::MX);
  EXPECT_THAT(response.answer, ElementsAre("post.pools.test. 60 MX 10 m1.pools.test."));
  EXPECT_THAT(response.additional, ElementsAre("m1.pools.test. 60 A 192.0.2.31"));
  set("post.pools.test", Type::MX, 0);
  EXPECT_EQ(get("post.pools.test", Type::MX).authority.size(), 1U);
}

TEST_F(Watched, AsGlue) {
  set("ns1.sub.pools.test", Type::A, 0b10);
  const Response both = get("x.sub.pools.test");
  EXPECT_EQ(both.authority.size(), 2U);
  EXPECT_THAT(both.additional, UnorderedElementsAre("ns1.sub.pools.test. 60 A 192.0.2.22",
                                                    "ns2.sub.pools.test. 60 A 192.0.2.23"));
  set("sub.pools.test", Type::NS, 0b10);
  const Response one = get("x.sub.pools.test");
  EXPECT_THAT(one.authority, ElementsAre("sub.pools.test. 60 NS ns2.sub.pools.test."));
  EXPECT_THAT(one.additional, ElementsAre("ns2.sub.pools.test. 60 A 192.0.2.23"));
  EXPECT_FALSE(one.tc());
}

TEST_F(Watched, AskedForAny) {
  set("w.pools.test", Type::A, 0b001);
  const Responder responder({.any = AnyAnswer::all});
  const auto any = [&](const std::string& name) {
    std::vector<std::uint8_t> out(dns::kMaxMessageSize);
    Random random(1);
    const auto query = make_query({.name = name, .type = Type::ANY});
    const std::size_t size =
        responder.answer(catalog_, query, out, {Transport::tcp, kClient.octets(), kNow}, random)
            .size;
    return read_response(Bytes(out).first(size));
  };
  EXPECT_EQ(any("w.pools.test").answer.size(), 3U) << "A, AAAA, HTTPS";
  set("*.star.pools.test", Type::A, 0);
  const Response closed = any("x.star.pools.test");
  EXPECT_THAT(closed.answer,
              ElementsAre("x.star.pools.test. 60 TXT \"rollcall: no member is live\""));
}

TEST(WatchedSize, CountsTheLiveAlone) {
  std::string text = "$TTL 60\n@ SOA ns root 7 2 3 4 5\n@ NS ns\nns A 192.0.2.250\n";
  for (int i = 1; i <= 60; ++i) text += "w A 192.0.2." + std::to_string(i) + "\n";
  const zone::Catalog catalog =
      load_catalog({{.origin = "big.test", .text = text, .pools = {"w.big.test"}}});
  const Question question{.name = "w.big.test", .edns_size = 512};
  EXPECT_TRUE(ask(catalog, question).tc());
  catalog.entry(0).zone->watch_table().apply(
      std::vector<zone::MaskChange>{{WatchId{0}, 0x0f00000000000000}}, 8);
  const Response some = ask(catalog, question);
  EXPECT_FALSE(some.tc());
  EXPECT_EQ(some.answer.size(), 4U);
}

}  // namespace
}  // namespace rollcall::answer
